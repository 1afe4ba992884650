// Having sessions tried again, and saying what became of it.
import { post, type Schemas } from '../../lib/api';
import { things } from '../../lib/format';
import { system } from '../../lib/system.svelte';

const settled = 4000; // ms after which most that were released have an answer

class Retry {
  busy = $state(false);
  /** What was done last, in words. */
  done = $state('');
  error = $state.raw<Error | undefined>(undefined);
  #timer = 0;

  /** Releases sessions: all that are parked, those of a cause, or one by its path. Says whether that worked. */
  async run(path: string, body?: Schemas['RetryInputBody']): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    try {
      const { released } = await post<Schemas['Retried']>(path, body);
      this.done =
        released === 0
          ? 'None was left to release: they have gone on meanwhile.'
          : `${things(released, 'session')} ${released === 1 ? 'was' : 'were'} released and ${released === 1 ? 'is' : 'are'} tried again now. What can be read now appears among the sessions within moments; what still cannot comes back here with its cause.`;
      void system.refresh();
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void system.refresh(), settled);
      return true;
    } catch (e) {
      this.error = e as Error;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const retry = new Retry();
