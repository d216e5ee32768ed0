import { useQuery } from '@tanstack/react-query';
import { plansQuery } from '../queries';

/** All plans to choose from; who runs the installation may give one that is not offered. */
export function usePlans(): { value: string; label: string }[] {
  const { data } = useQuery(plansQuery);
  return (data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
}
