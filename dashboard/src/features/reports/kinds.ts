// Which reports there are, by the question that they answer. The order is the order of the page.

import {
  type Icon,
  IconAlertTriangle,
  IconArrowsExchange,
  IconArrowsSplit,
  IconCalendarTime,
  IconChartBar,
  IconChartHistogram,
  IconClockPause,
  IconDatabaseHeart,
  IconGitCompare,
  IconHeadset,
  IconLifebuoy,
  IconMessageChatbot,
  IconPhoneX,
  IconPlug,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react';
import type { FilterName } from './names';

export const KINDS = [
  'volume',
  'heatmap',
  'compare',
  'durations',
  'answering',
  'missed',
  'queues',
  'speech',
  'callers',
  'extensions',
  'groups',
  'transfers',
  'countries',
  'trunks',
  'anomalies',
  'data-health',
] as const;

export type Kind = (typeof KINDS)[number];

export function isKind(word: string): word is Kind {
  return (KINDS as readonly string[]).includes(word);
}

export type Question = 'howMuch' | 'howWell' | 'who' | 'where' | 'trust';

export const QUESTIONS: readonly { question: Question; kinds: readonly Kind[] }[] = [
  { question: 'howMuch', kinds: ['volume', 'heatmap', 'compare', 'durations'] },
  { question: 'howWell', kinds: ['answering', 'missed', 'queues', 'speech'] },
  { question: 'who', kinds: ['callers', 'extensions', 'groups', 'transfers'] },
  { question: 'where', kinds: ['countries', 'trunks'] },
  { question: 'trust', kinds: ['anomalies', 'data-health'] },
];

export const ICONS: Record<Kind, Icon> = {
  volume: IconChartBar,
  heatmap: IconCalendarTime,
  compare: IconGitCompare,
  durations: IconChartHistogram,
  answering: IconLifebuoy,
  missed: IconPhoneX,
  queues: IconClockPause,
  speech: IconMessageChatbot,
  callers: IconUsers,
  extensions: IconHeadset,
  groups: IconArrowsSplit,
  transfers: IconArrowsExchange,
  countries: IconWorld,
  trunks: IconPlug,
  anomalies: IconAlertTriangle,
  'data-health': IconDatabaseHeart,
};

/** What a report does not let itself be narrowed by, because it would say nothing then. */
export const WITHOUT: Partial<Record<Kind, readonly FilterName[]>> = {
  missed: ['outcome', 'direction'],
  'data-health': ['outcome', 'direction', 'agent', 'queue', 'ring_group', 'trunk', 'did'],
  anomalies: ['outcome'],
  answering: ['outcome'],
  queues: ['direction', 'outcome'],
};
