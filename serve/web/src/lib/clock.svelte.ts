// The time of day, for what is said relative to it.
class Now {
  /** Goes on every ten seconds. */
  date = $state.raw(new Date());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.date = new Date();
    }, 10_000);
    document.addEventListener('visibilitychange', () => (this.date = new Date()));
  }
}

export const now = new Now();
