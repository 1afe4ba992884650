import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

// `npx vite` serves the sources while one works on them, and hands the API to a
// gait that runs on its usual port.
const gait = process.env.GAIT ?? 'http://127.0.0.1:8080';

/**
 * The player carries its terminal, which is WebAssembly, as text in its script.
 * It becomes a file of its own: smaller, compiled as it comes in, and no script.
 */
function terminalApart(): Plugin {
  const held = /base64Decode\("([A-Za-z0-9+/=]{10000,})"\)/;
  let done = false;
  return {
    name: 'terminal-apart',
    apply: 'build',
    transform(code, id) {
      const found = id.includes('asciinema-player') ? held.exec(code) : null;
      if (!found) return;
      const file = this.emitFile({ type: 'asset', name: 'terminal.wasm', source: Buffer.from(found[1]!, 'base64') });
      done = true;
      return { code: code.replace(found[0], `import.meta.ROLLUP_FILE_URL_${file}`), map: null };
    },
    generateBundle() {
      if (!done) this.error('the terminal was not found in the player: its release may hold it otherwise; see vite.config.ts');
    },
  };
}

export default defineConfig({
  plugins: [svelte(), terminalApart()],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    // One style sheet, and one file of what several views need: a browser asks
    // for a few files, not for thirty.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'parts', test: /\/(src\/(lib|ui)\/[^/]+|node_modules\/svelte\/.*)$/, minShareCount: 2 }] },
      },
    },
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    proxy: {
      '/api': {
        target: gait,
        changeOrigin: true,
        headers: { origin: gait },
      },
    },
  },
});
