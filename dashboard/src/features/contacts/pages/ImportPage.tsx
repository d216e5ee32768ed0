// Contacts out of a file: choose it, see what would be done, do it.

import { Anchor, Button, Center, Group, Loader, Paper, Select, Stack, Stepper, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { IconArrowLeft, IconFileSpreadsheet, IconUpload, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { explain } from '@/ui/Failure';
import { Page } from '@/ui/Page';
import { toastFailed } from '@/ui/toast';
import { ImportReport } from '../components/ImportReport';
import { COUNTRIES, countryOfHere, nameOfCountry } from '../countries';
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
            <Drop
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

interface DropProps {
  failure: string | undefined;
  onFile: (file: File) => void;
  onRefused: () => void;
}

function Drop({ failure, onFile, onRefused }: DropProps) {
  const t = useContactTexts();
  return (
    <Stack gap="xs">
      <Dropzone
        accept={KINDS}
        maxSize={MOST_BYTES}
        multiple={false}
        onDrop={([file]) => file !== undefined && onFile(file)}
        onReject={onRefused}
        inputProps={{ 'aria-label': t('dropTitle') }}
        p="xl"
      >
        <Stack align="center" gap="sm" mih={150} justify="center" style={{ pointerEvents: 'none' }}>
          <Dropzone.Accept>
            <IconUpload size={40} stroke={1.4} aria-hidden />
          </Dropzone.Accept>
          <Dropzone.Reject>
            <IconX size={40} stroke={1.4} aria-hidden />
          </Dropzone.Reject>
          <Dropzone.Idle>
            <IconFileSpreadsheet size={40} stroke={1.4} aria-hidden />
          </Dropzone.Idle>
          <Text fw={550} ta="center">
            {t('dropTitle')}
          </Text>
          <Text size="sm" c="dimmed" ta="center" maw={460}>
            {t('dropText')}
          </Text>
        </Stack>
      </Dropzone>
      {failure !== undefined && (
        <Text size="sm" c="red" role="alert">
          {failure}
        </Text>
      )}
    </Stack>
  );
}
