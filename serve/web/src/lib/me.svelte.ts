// Who looks, and what they may.
import { get, post, Problem, whenLoggedOut, type Me } from './api';

class Access {
  /** undefined: not known yet; null: nobody is logged in. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** Why nobody is logged in, where there is more to say of it. */
  note = $state('');
  error = $state.raw<Error | undefined>(undefined);

  get operator(): boolean {
    return this.me?.role === 'operator';
  }

  /** Finds out who looks. A token in the address is taken first, and taken out of it. */
  async begin(): Promise<void> {
    whenLoggedOut(() => {
      if (this.me) this.note = 'Your session has ended.';
      this.me = null;
    });
    const token = new URLSearchParams(location.hash.slice(1)).get('token');
    if (token) {
      history.replaceState(null, '', location.pathname + location.search);
      if (await this.login(token)) return;
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    this.error = undefined;
    try {
      this.me = await get<Me>('/whoami');
      this.note = '';
    } catch (e) {
      if (e instanceof Problem && e.status === 401) this.me = null;
      else this.error = e as Error;
    }
  }

  /** Exchanges the token of a login link; says whether that worked. */
  async login(token: string): Promise<boolean> {
    try {
      this.me = await post<Me>('/login', { token });
      this.note = '';
      return true;
    } catch (e) {
      this.note = (e as Error).message;
      return false;
    }
  }

  async logout(): Promise<void> {
    await post('/logout');
    this.note = 'You are logged out.';
    this.me = null;
  }
}

export const access = new Access();
