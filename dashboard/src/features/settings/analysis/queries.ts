import { $api, api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type {
  ChatAnalysisWish,
  KeywordList,
  KeywordListWish,
  PagedKeywordList,
  PagedScorecard,
  Scorecard,
  ScorecardWish,
} from '@/api/schema.gen';

export type { ChatAnalysis, KeywordList, KeywordListWish, Scorecard, ScorecardWish } from '@/api/schema.gen';

export const chatQuery = $api.queryOptions('get', '/api/v1/insights/settings');
export const listsQuery = $api.queryOptions('get', '/api/v1/keyword-lists');
export const scorecardsQuery = $api.queryOptions('get', '/api/v1/scorecards');

const at = (id: string) => ({ params: { path: { id } } });

export async function changeChat(body: ChatAnalysisWish): Promise<void> {
  const { data } = await api.PATCH('/api/v1/insights/settings', { body });
  queryClient.setQueryData(chatQuery.queryKey, data);
}

/** Has all earlier calls read once more. */
export async function readAgain(): Promise<void> {
  await api.POST('/api/v1/insights/refresh');
}

export async function saveList(id: string | undefined, body: KeywordListWish): Promise<void> {
  await (id === undefined
    ? api.POST('/api/v1/keyword-lists', { body })
    : api.PATCH('/api/v1/keyword-lists/{id}', { ...at(id), body }));
  await invalidate('/api/v1/keyword-lists');
}

export async function deleteList(id: string): Promise<void> {
  await api.DELETE('/api/v1/keyword-lists/{id}', at(id));
  await invalidate('/api/v1/keyword-lists');
}

/** Shown at once, and taken back if it fails. */
export async function setListOn(list: KeywordList, isOn: boolean): Promise<void> {
  const put = (is_on: boolean): void => {
    queryClient.setQueryData(listsQuery.queryKey, (held: PagedKeywordList | undefined) =>
      held === undefined
        ? held
        : { ...held, data: held.data.map((one) => (one.id === list.id ? { ...one, is_on } : one)) },
    );
  };
  put(isOn);
  try {
    await saveList(list.id, { is_on: isOn });
  } catch (error) {
    put(list.is_on);
    throw error;
  }
}

export async function saveCard(id: string | undefined, body: ScorecardWish): Promise<void> {
  await (id === undefined
    ? api.POST('/api/v1/scorecards', { body })
    : api.PATCH('/api/v1/scorecards/{id}', { ...at(id), body }));
  await invalidate('/api/v1/scorecards');
}

export async function deleteCard(id: string): Promise<void> {
  await api.DELETE('/api/v1/scorecards/{id}', at(id));
  await invalidate('/api/v1/scorecards');
}

/** Shown at once, and taken back if it fails. */
export async function setCardOn(card: Scorecard, isOn: boolean): Promise<void> {
  const put = (is_on: boolean): void => {
    queryClient.setQueryData(scorecardsQuery.queryKey, (held: PagedScorecard | undefined) =>
      held === undefined
        ? held
        : { ...held, data: held.data.map((one) => (one.id === card.id ? { ...one, is_on } : one)) },
    );
  };
  put(isOn);
  try {
    await saveCard(card.id, { is_on: isOn });
  } catch (error) {
    put(card.is_on);
    throw error;
  }
}
