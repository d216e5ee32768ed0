// The body of each report, loaded when somebody looks at it.

import { type ComponentType, lazy } from 'react';
import type { BodyProps } from './body';
import type { Kind } from './kinds';

export const BODIES: Record<Kind, ComponentType<BodyProps>> = {
  volume: lazy(() => import('./bodies/Volume').then(({ Volume }) => ({ default: Volume }))),
  heatmap: lazy(() => import('./bodies/Heatmap').then(({ Heatmap }) => ({ default: Heatmap }))),
  compare: lazy(() => import('./bodies/Compare').then(({ Compare }) => ({ default: Compare }))),
  durations: lazy(() => import('./bodies/Durations').then(({ Durations }) => ({ default: Durations }))),
  answering: lazy(() => import('./bodies/Answering').then(({ Answering }) => ({ default: Answering }))),
  missed: lazy(() => import('./bodies/Missed').then(({ Missed }) => ({ default: Missed }))),
  queues: lazy(() => import('./bodies/Queues').then(({ Queues }) => ({ default: Queues }))),
  speech: lazy(() => import('./bodies/Speech').then(({ Speech }) => ({ default: Speech }))),
  callers: lazy(() => import('./bodies/Callers').then(({ Callers }) => ({ default: Callers }))),
  extensions: lazy(() => import('./bodies/Extensions').then(({ Extensions }) => ({ default: Extensions }))),
  groups: lazy(() => import('./bodies/Groups').then(({ Groups }) => ({ default: Groups }))),
  transfers: lazy(() => import('./bodies/Transfers').then(({ Transfers }) => ({ default: Transfers }))),
  countries: lazy(() => import('./bodies/Countries').then(({ Countries }) => ({ default: Countries }))),
  trunks: lazy(() => import('./bodies/Trunks').then(({ Trunks }) => ({ default: Trunks }))),
  anomalies: lazy(() => import('./bodies/Anomalies').then(({ Anomalies }) => ({ default: Anomalies }))),
  'data-health': lazy(() => import('./bodies/DataHealth').then(({ DataHealth }) => ({ default: DataHealth }))),
};
