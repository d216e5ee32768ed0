// Where a line of a transcript lies in the audio, and which line is being said.

import type { TranscriptLine } from '@/api/schema.gen';

export interface TimedLine {
  line: TranscriptLine;
  /** Seconds from where the audio begins; none where nobody knows. */
  seconds: number | undefined;
}

/** What a line of the transcript is found by on the page; its number is its place in the transcript. */
export const lineId = (line: number): string => `line-${line}`;

/** Lines with their place in the audio that began at `began`. */
export function timed(lines: TranscriptLine[], began: string | undefined): TimedLine[] {
  const start = began === undefined ? Number.NaN : Date.parse(began);
  return lines.map((line) => {
    const at = line.at == null ? Number.NaN : (Date.parse(line.at) - start) / 1_000;
    return { line, seconds: Number.isNaN(at) ? undefined : Math.max(0, at) };
  });
}

/** The line that is being said at a moment of the audio: the last one that began by then. */
export function lineAt(lines: TimedLine[], seconds: number): number {
  let found = -1;
  for (const [index, line] of lines.entries()) {
    if (line.seconds !== undefined && line.seconds <= seconds && line.line.kind === 'speech') {
      found = index;
    }
  }
  return found;
}

/** Whether a speaker goes on: then the name is not said again. */
export function goesOn(lines: TimedLine[], index: number): boolean {
  const [before, here] = [lines[index - 1]?.line, lines[index]?.line];
  return before?.kind === 'speech' && here?.kind === 'speech' && before.speaker === here.speaker;
}
