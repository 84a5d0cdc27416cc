// Builds the board client under fixed names, for a page whose CSP allows only its own files.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** Milliseconds; a machine with much else to do is slow, a test that waits this long has failed. */
const PATIENCE = 120_000;
const root = import.meta.dirname;

export default defineConfig({
  root,
  base: "./",
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true, css: "external" }, emitCss: true })],
  build: {
    outDir: `${root}/dist`,
    // The folder holds a tracked .gitkeep; scripts/check-size.mjs removes what is stale.
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: `${root}/main.ts`,
      output: {
        entryFileNames: "board.js",
        chunkFileNames: "chunk-[name].js",
        assetFileNames: "board[extname]",
      },
    },
  },
  test: { root, include: ["**/*.test.ts"], environment: "node", testTimeout: PATIENCE },
} as Parameters<typeof defineConfig>[0]);
