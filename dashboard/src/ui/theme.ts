// How everything looks: one accent, quiet greys, small radii, dense tables. Set here once, so that pages carry no colours.

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef2ff',
  '#dfe5fb',
  '#bcc7f3',
  '#97a8ec',
  '#778de6',
  '#637be2',
  '#5871e1',
  '#4860c8',
  '#3d55b4',
  '#2f489f',
];

const night: MantineColorsTuple = [
  '#d6d9e0',
  '#b4b9c4',
  '#989eac',
  '#6d7482',
  '#434956',
  '#333843',
  '#262a33',
  '#1b1e25',
  '#15171c',
  '#0f1115',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 7 },
  colors: { ink, dark: night },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem' },
      h3: { fontSize: '0.9375rem' },
    },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: { defaultProps: { centered: true } },
    Badge: {
      defaultProps: { variant: 'light', radius: 'sm' },
      styles: { label: { textTransform: 'none', fontWeight: 550 } },
    },
    Paper: { defaultProps: { withBorder: true } },
  },
});

/** Grey words must be readable: Mantine's own are below the contrast of WCAG AA on our backgrounds. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636e',
    '--mantine-color-placeholder': '#6b7280',
    '--app-surface': '#f7f8fa',
    // The words on light badges, in colours whose middle shades are too bright to be read on white.
    '--mantine-color-teal-light-color': '#076348',
    '--mantine-color-green-light-color': '#1f6b31',
    '--mantine-color-orange-light-color': '#a63c06',
    '--mantine-color-yellow-light-color': '#7a4f00',
    '--mantine-color-cyan-light-color': '#0b5b6b',
  },
  dark: { '--mantine-color-dimmed': '#a2a9b6', '--mantine-color-placeholder': '#8d95a3', '--app-surface': '#111318' },
});
