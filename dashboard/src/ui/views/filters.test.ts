import { describe, expect, it } from 'vitest';
import { exportAddress, isSame, kept } from './filters';

describe('filters of views', () => {
  it('are the same whatever their order, and without what is not set', () => {
    expect(isSame({ a: '1', b: '2' }, { b: '2', a: '1', c: undefined })).toBe(true);
    expect(isSame({ a: '1' }, { a: '1', b: '2' })).toBe(false);
    expect(isSame({ a: '1' }, { a: '2' })).toBe(false);
    expect(isSame({}, { a: '' })).toBe(true);
    expect(kept({ a: '1', b: undefined, c: '' })).toEqual({ a: '1' });
  });

  it('lead to the same list as a file', () => {
    expect(exportAddress('calls', {})).toBe('/api/v1/calls/export');
    expect(exportAddress('calls', { q: 'ann & co', is_resolved: false, from: undefined })).toBe(
      '/api/v1/calls/export?q=ann+%26+co&is_resolved=false',
    );
  });
});
