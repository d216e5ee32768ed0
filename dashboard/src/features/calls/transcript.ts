// Where a line of a transcript lies in the audio, and which line is being said.

import type { TranscriptLine } from '@/api/schema.gen';

export interface TimedLine {
  line: TranscriptLine;
  /** Seconds from where the audio begins; none where nobody knows. */
  seconds: number | undefined;
}

/** What a line of the transcript is found by on the page; its number is its place in the transcript. */
export const lineId = (line: number): string => `line-${line}`;

/**
 * Lines with their place in the audio that began at `began`. A call with several recorded legs has all their lines: those that
 * were said in another recording, one of those that began at `others`, have no place in this one.
 */
export function timed(lines: TranscriptLine[], began: string | undefined, others: string[] = []): TimedLine[] {
  const start = began === undefined ? Number.NaN : Date.parse(began);
  const starts = others.map((other) => Date.parse(other));
  return lines.map((line) => {
    const at = line.at == null ? Number.NaN : Date.parse(line.at);
    const isHere = !Number.isNaN(at - start) && !starts.some((other) => isElsewhere(at, start, other));
    return { line, seconds: isHere ? Math.max(0, (at - start) / 1_000) : undefined };
  });
}

/** A line belongs to the recording that began last before it; what comes before all of them, to the first. */
function isElsewhere(at: number, here: number, other: number): boolean {
  return other > here ? at >= other : other < here && at < here;
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
