/**
 * Something that is fetched. While it is fetched anew the value of before stays,
 * so that nothing jumps; an error leaves it too.
 */
export class Resource<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<Error | undefined>(undefined);
  loading = $state(false);
  #running: AbortController | undefined;

  /** Fetches; what was being fetched before is given up. */
  async load(fetch: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#running?.abort();
    const run = new AbortController();
    this.#running = run;
    this.loading = true;
    try {
      const value = await fetch(run.signal);
      if (run.signal.aborted) return;
      this.value = value;
      this.error = undefined;
    } catch (e) {
      if (run.signal.aborted) return;
      this.error = e instanceof Error ? e : new Error(String(e));
    } finally {
      if (this.#running === run) this.loading = false;
    }
  }

  /** Gives up what is being fetched, and forgets the value. */
  clear(): void {
    this.#running?.abort();
    this.value = undefined;
    this.error = undefined;
    this.loading = false;
  }
}
