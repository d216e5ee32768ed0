import { useFrame } from '@/layout/text';
import { Page } from '@/ui/Page';

export function OverviewPage() {
  const t = useFrame();
  return <Page title={t('overview')}>{null}</Page>;
}
