// Saved views, as lists read and change them.

import { $api, api } from '@/api/client';
import { invalidate, queryClient } from '@/api/query';
import type { PagedSavedView, SavedView } from '@/api/schema.gen';

export type { SavedView } from '@/api/schema.gen';
export type Noun = SavedView['noun'];

export const viewsQuery = (noun: Noun) => $api.queryOptions('get', '/api/v1/views', { params: { query: { noun } } });

interface Wish {
  name: string;
  is_shared: boolean;
}

export async function saveView(noun: Noun, filters: Record<string, string>, wish: Wish): Promise<void> {
  await api.POST('/api/v1/views', { body: { noun, filters, ...wish } });
  await invalidate('/api/v1/views');
}

export async function changeView(
  id: string,
  change: Partial<Wish> & { filters?: Record<string, string> },
): Promise<void> {
  await api.PATCH('/api/v1/views/{id}', { params: { path: { id } }, body: change });
  await invalidate('/api/v1/views');
}

/** Takes it out of the menu at once; it comes back if that fails. */
export async function removeView(view: SavedView): Promise<void> {
  const { queryKey } = viewsQuery(view.noun);
  const before = queryClient.getQueryData<PagedSavedView>(queryKey);
  queryClient.setQueryData(queryKey, (held: PagedSavedView | undefined) =>
    held === undefined ? held : { ...held, data: held.data.filter(({ id }) => id !== view.id) },
  );
  try {
    await api.DELETE('/api/v1/views/{id}', { params: { path: { id: view.id } } });
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  }
}
