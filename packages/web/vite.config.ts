import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    // Every browser that knows `light-dark()`, so that tokens stay as they are written.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The content security policy of the hub allows no inline script and no data: fonts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

export default config;
