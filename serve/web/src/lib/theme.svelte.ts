// Light, dark, or as the system has it.
export type Theme = 'system' | 'light' | 'dark';

const key = 'gait-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

class Look {
  chosen = $state<Theme>(read());
  #system = $state(dark.matches);

  constructor() {
    dark.addEventListener('change', () => (this.#system = dark.matches));
    this.apply();
  }

  /** Whether the page is dark now; charts are drawn anew when it changes. */
  get dark(): boolean {
    return this.chosen === 'system' ? this.#system : this.chosen === 'dark';
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    try {
      localStorage.setItem(key, theme);
    } catch {
      // A browser that keeps nothing for us keeps the choice for this visit.
    }
    this.apply();
  }

  private apply(): void {
    if (this.chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.chosen;
  }
}

function read(): Theme {
  try {
    const kept = localStorage.getItem(key);
    if (kept === 'light' || kept === 'dark') return kept;
  } catch {
    // as above
  }
  return 'system';
}

export const look = new Look();
