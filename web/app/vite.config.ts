import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const OUT = join(import.meta.dirname, '..', 'dist');
const PLACEHOLDER = 'placeholder.html';
// MapLibre's own files each carry all that page and worker have in common; built from its sources,
// which are in the same package, what both need is one chunk that is fetched once.
const GL = join(import.meta.dirname, 'node_modules/maplibre-gl/src');
const GL_WORKER = 'virtual:maplibre-gl-worker';
const GL_LICENSE =
  '/*! MapLibre GL JS, BSD-3-Clause: https://github.com/maplibre/maplibre-gl-js/blob/main/LICENSE.txt */';
const TEXT = /\.(?:js|mjs|css|html|svg|json)$/;

/** Empties the output folder but for the page that keeps a fresh clone building. */
function sweep(): Plugin {
  return {
    name: 'tengdi-sweep',
    apply: 'build',
    buildStart() {
      for (const name of entries(OUT)) {
        if (name !== PLACEHOLDER) rmSync(join(OUT, name), { recursive: true });
      }
    },
  };
}

/** Builds the map's worker along with the page, and tells the page its address. */
function glWorker(): Plugin {
  let ref = '';
  return {
    name: 'tengdi-gl-worker',
    apply: 'build',
    buildStart() {
      ref = this.emitFile({ type: 'chunk', id: join(GL, 'source/worker.ts'), name: 'maplibre-gl-worker' });
    },
    resolveId: (id) => (id === GL_WORKER ? `\0${id}` : null),
    load: (id) => (id === `\0${GL_WORKER}` ? `export default import.meta.ROLLUP_FILE_URL_${ref};` : null),
    // Vite notes the address before it is known, and would write the note into the manifest.
    generateBundle: {
      order: 'pre',
      handler(_, bundle) {
        for (const made of Object.values(bundle)) {
          const assets = made.type === 'chunk' ? made.viteMetadata?.importedAssets : undefined;
          for (const name of [...(assets ?? [])]) {
            if (!name.includes('!~{')) continue;
            assets?.delete(name);
            assets?.add(this.getFileName(ref));
          }
        }
      },
    },
  };
}

/** Writes a .gz and a .br beside each text asset, for the server to embed. */
function compress(): Plugin {
  return {
    name: 'tengdi-compress',
    apply: 'build',
    closeBundle() {
      for (const file of walk(OUT)) {
        if (!TEXT.test(file) || file.endsWith(PLACEHOLDER)) continue;
        const raw = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
        const params = {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
        };
        writeFileSync(`${file}.br`, brotliCompressSync(raw, { params }));
      }
    },
  };
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw err;
  }
}

function walk(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)],
  );
}

export default defineConfig({
  base: '/',
  plugins: [sweep(), glWorker(), compress()],
  // MapLibre's sources declare fields anew that a class above has filled already.
  oxc: { typescript: { removeClassFieldsWithoutInitializer: true } },
  resolve: { alias: [{ find: /^maplibre-gl$/, replacement: join(GL, 'index.ts') }] },
  build: {
    outDir: OUT,
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
    rolldownOptions: {
      // The pages of the server load files of their own; the app is the page.
      input: ['index.html', 'src/listings/listings.ts', 'src/listings/listings.css'],
      output: {
        postBanner: (chunk) => (chunk.moduleIds.some((id) => id.startsWith(GL)) ? GL_LICENSE : ''),
        // The page and all that it is made of in one file: what the later chunks share lies there too.
        // What fetches a later chunk is the same for both entries, which share nothing else.
        codeSplitting: {
          groups: [
            { name: 'later', test: /preload-helper|rolldown\/runtime/, priority: 2 },
            { name: 'index', test: /\/src\/main\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
});
