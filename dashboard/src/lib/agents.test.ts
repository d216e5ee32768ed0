import { expect, test } from 'vitest';
import { agentName } from './agents';

test('browsers are called what people call them, though each names the others', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  expect(agentName(chrome)).toBe('Chrome, Linux');
  expect(agentName(`${chrome} Edg/140.0.0.0`)).toBe('Edge, Linux');
  expect(
    agentName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
    ),
  ).toBe('Safari, iPhone');
  expect(agentName('curl/8.5.0')).toBe('curl');
  expect(agentName(null)).toBeUndefined();
});
