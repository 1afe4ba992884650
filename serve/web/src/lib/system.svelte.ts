// How the system is: asked for now and then while somebody looks.
import { get, Problem, type List, type Schemas, type Wellbeing } from './api';

const every = 10_000; // ms

class System {
  health = $state.raw<Wellbeing | undefined>(undefined);
  /** How many sessions are parked, and how many wait for a cause. */
  parked = $state(0);
  waiting = $state(0);
  /** Why they do; undefined until it is known. */
  causes = $state.raw<readonly Schemas['Cause'][] | undefined>(undefined);
  /** Why nothing could be asked, the last time. */
  error = $state.raw<Error | undefined>(undefined);
  /** Since when gait does not answer, in ms since 1970; 0 while it does. */
  away = $state(0);
  #users = 0;
  #timer = 0;

  /** Keeps asking until the result is called. */
  follow(): () => void {
    if (this.#users++ === 0) {
      void this.refresh();
      this.#timer = window.setInterval(() => !document.hidden && void this.refresh(), every);
    }
    return () => {
      if (--this.#users === 0) clearInterval(this.#timer);
    };
  }

  async refresh(): Promise<void> {
    try {
      const [health, causes] = await Promise.all([get<Wellbeing>('/health'), get<List<Schemas['Cause']>>('/waiting')]);
      this.health = health;
      this.causes = causes.items;
      this.error = undefined;
      this.away = 0;
      const sum = (state: string) => causes.items.filter((c) => c.state === state).reduce((n, c) => n + c.count, 0);
      this.parked = sum('parked');
      this.waiting = sum('waiting');
    } catch (e) {
      this.error = e as Error; // it is asked again soon
      if (e instanceof Problem && [0, 502, 504].includes(e.status)) this.away ||= Date.now();
    }
  }
}

export const system = new System();
