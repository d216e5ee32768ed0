// Charts, loaded when the first of them is shown: the library is larger than all reports together.

import { lazy } from 'react';

export const StackedBars = lazy(() => import('./StackedBars').then((module) => ({ default: module.StackedBars })));
export const Lines = lazy(() => import('./Lines').then((module) => ({ default: module.Lines })));
