import { List } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useMay } from '@/session/me';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { Exports } from './Exports';
import { retentionQuery } from './queries';
import { RetentionForm } from './RetentionForm';
import { usePrivacyTexts } from './text';

export function PrivacyPage() {
  const t = usePrivacyTexts();
  const retention = useSuspenseQuery(retentionQuery).data;
  const mayExport = useMay('privacy.write');
  return (
    <Page title={t('title')}>
      <Section title={t('keep')} about={t('keepAbout')}>
        <RetentionForm retention={retention} />
      </Section>
      {mayExport && <Exports />}
      <Section title={t('erase')} about={t('eraseAbout')}>
        <List size="sm" spacing="xs">
          <List.Item>{t('erase1')}</List.Item>
          <List.Item>{t('erase2')}</List.Item>
          <List.Item>{t('erase3')}</List.Item>
          <List.Item>{t('erase4')}</List.Item>
        </List>
      </Section>
    </Page>
  );
}
