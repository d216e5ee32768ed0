// Somebody as two letters on a colour of their own; a sign where only a number is known.

import { Avatar } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';

const COLORS = ['indigo', 'teal', 'grape', 'orange', 'cyan', 'pink', 'blue', 'violet'];

/** The same name, the same colour, on every screen. */
export function colorOf(name: string): string {
  let sum = 0;
  for (const letter of name) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  }
  return COLORS[sum % COLORS.length] ?? 'gray';
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = [...(words[0] ?? '')].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function PersonAvatar({ name, size = 32 }: { name?: string | null; size?: number }) {
  return (
    <Avatar size={size} radius="xl" color={name ? colorOf(name) : 'gray'} variant="light" aria-hidden>
      {name ? initials(name) : <IconUser size={size * 0.55} stroke={1.6} />}
    </Avatar>
  );
}
