import { expect, it } from 'vitest';
import { ownMedia } from './media';

it('takes our files from where the page came from, and leaves others alone', () => {
  expect(ownMedia('https://phone.example.com/media/a/b?type=audio%2Fwav&sig=1')).toBe(
    '/media/a/b?type=audio%2Fwav&sig=1',
  );
  expect(ownMedia('https://other.example.com/file.wav')).toBe('https://other.example.com/file.wav');
});
