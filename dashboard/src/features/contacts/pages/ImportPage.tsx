// Contacts out of a file: choose it, see what would be done, do it.

import { Anchor, Button, Center, Group, Loader, Paper, Select, Stack, Stepper, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { COUNTRIES, countryOfHere, nameOfCountry } from '@/lib/countries';
import { explain } from '@/ui/Failure';
import { FileDrop } from '@/ui/FileDrop';
import { Page } from '@/ui/Page';
import { toastFailed } from '@/ui/toast';
import { ImportReport } from '../components/ImportReport';
import { type ContactImport, importContacts } from '../queries';
import { useContactTexts } from '../text';

/** What the server takes. */
const MOST_BYTES = 5 * 1_024 * 1_024;
/** Browsers name the same file differently, and Windows calls it a spreadsheet's. */
const KINDS = ['text/csv', 'text/plain', 'application/vnd.ms-excel', 'text/tab-separated-values'];

type Stage =
  | { at: 'file'; failure?: string }
  | { at: 'checking'; file: File }
  | { at: 'checked'; file: File; report: ContactImport; isBusy: boolean }
  | { at: 'done'; report: ContactImport };

export function ImportPage() {
  const t = useContactTexts();
  const [stage, setStage] = useState<Stage>({ at: 'file' });
  const [country, setCountry] = useState(countryOfHere);
  const restart = (): void => setStage({ at: 'file' });

  const check = async (file: File, from: string): Promise<void> => {
    setStage({ at: 'checking', file });
    try {
      setStage({ at: 'checked', file, report: await importContacts(file, from, true), isBusy: false });
    } catch (error) {
      setStage({ at: 'file', failure: explain(error) });
    }
  };
  const apply = async (file: File, report: ContactImport): Promise<void> => {
    setStage({ at: 'checked', file, report, isBusy: true });
    try {
      setStage({ at: 'done', report: await importContacts(file, country, false) });
    } catch (error) {
      setStage({ at: 'checked', file, report, isBusy: false });
      toastFailed(error);
    }
  };

  return (
    <Page
      title={t('importTitle')}
      about={t('importAbout')}
      above={
        <Anchor size="sm" c="dimmed" renderRoot={(props) => <Link to="/contacts" {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('title')}
          </Group>
        </Anchor>
      }
    >
      <Stack maw={860} gap="lg">
        <Stepper
          active={{ file: 0, checking: 0, checked: 1, done: 3 }[stage.at]}
          size="sm"
          allowNextStepsSelect={false}
        >
          <Stepper.Step label={t('step1')} />
          <Stepper.Step label={t('step2')} />
          <Stepper.Step label={t('step3')} />
        </Stepper>
        {stage.at === 'file' && (
          <>
            <FileDrop
              title={t('dropTitle')}
              about={t('dropText')}
              kinds={KINDS}
              maxBytes={MOST_BYTES}
              failure={stage.failure}
              onFile={(file) => void check(file, country)}
              onRefused={() => setStage({ at: 'file', failure: t('dropRefused') })}
            />
            <Select
              label={t('country')}
              description={t('countryHint')}
              data={COUNTRIES.map((value) => ({ value, label: nameOfCountry(value) }))}
              value={country}
              onChange={(value) => setCountry(value ?? country)}
              allowDeselect={false}
              searchable
              maw={320}
            />
          </>
        )}
        {stage.at === 'checking' && (
          <Paper>
            <Center mih={220} role="status">
              <Stack align="center">
                <Loader aria-hidden />
                <Text size="sm">{t('checking', { name: stage.file.name })}</Text>
              </Stack>
            </Center>
          </Paper>
        )}
        {stage.at === 'checked' && (
          <ImportReport report={stage.report}>
            <Button variant="default" onClick={restart} disabled={stage.isBusy}>
              {t('otherFile')}
            </Button>
            {stage.report.created + stage.report.updated > 0 ? (
              <Button loading={stage.isBusy} onClick={() => void apply(stage.file, stage.report)}>
                {t('importDeed', { count: stage.report.created + stage.report.updated })}
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {t('nothingNew')}
              </Text>
            )}
          </ImportReport>
        )}
        {stage.at === 'done' && (
          <ImportReport report={stage.report}>
            <Button variant="default" onClick={restart}>
              {t('otherFile')}
            </Button>
            <Button renderRoot={(props) => <Link to="/contacts" {...props} />}>{t('toContacts')}</Button>
          </ImportReport>
        )}
      </Stack>
    </Page>
  );
}
