import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Below this many bytes a compressed copy saves less than its headers cost. */
const worthCompressing = 600;

/** Puts a .br and a .gz beside every text file: the daemon sends them as they are and compresses nothing itself. */
function precompress(folder: string): Plugin {
  const walk = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      const inside = join(path, name);
      return statSync(inside).isDirectory() ? walk(inside) : [inside];
    });
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const file of walk(folder).filter((name) => /\.(js|css|html|svg|json|webmanifest)$/.test(name))) {
        const bytes = readFileSync(file);
        if (bytes.length < worthCompressing) continue;
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

// What is embedded is made by build.sh alone, which says where and knows from which sources.
const outDir = process.env['BOARD_OUT'] ?? '../artifacts/board';
const daemon = process.env['AGENTD_URL'] ?? 'http://127.0.0.1:8765';
const token = process.env['AGENTCTL_AUTH_TOKEN'];

export default defineConfig({
  plugins: [react(), precompress(outDir)],
  // Inlined assets would be data: URLs, which the daemon's content security policy refuses.
  build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
  // For `npm run dev`: everything but the app's own modules is the daemon's.
  server: {
    proxy: {
      '^/(?!src/|node_modules/|@|app/|favicon|$)': {
        target: daemon,
        changeOrigin: true,
        headers: { origin: daemon, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      },
    },
  },
} as Parameters<typeof defineConfig>[0]);
