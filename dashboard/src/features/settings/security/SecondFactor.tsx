import { Badge, Button, Group, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { invalidate } from '@/api/query';
import { Section } from '@/ui/Section';
import { secondFactorQuery } from './queries';
import { CodesDialog, Enrol, RenewCodes, SwitchOff } from './SecondFactorDialogs';
import { useSecurityTexts } from './text';

type Dialog = 'enrol' | 'renew' | 'off';
/** From how few recovery codes on somebody should make new ones. */
const FEW = 3;

export function SecondFactor() {
  const t = useSecurityTexts();
  const { is_on, recovery_codes_left } = useSuspenseQuery(secondFactorQuery).data;
  const [dialog, setDialog] = useState<Dialog>();
  const [codes, setCodes] = useState<string[]>();
  const close = (): void => setDialog(undefined);
  const changed = (fresh?: string[]): void => {
    close();
    setCodes(fresh);
    void invalidate('/api/v1/me/second-factor', '/api/v1/me');
  };
  return (
    <Section title={t('second')} about={t('secondAbout')}>
      <Group justify="space-between">
        <Group gap="xs">
          <Badge color={is_on ? 'teal' : 'gray'}>{is_on ? t('on') : t('off')}</Badge>
          {is_on && (
            <Text size="sm" c={recovery_codes_left <= FEW ? undefined : 'dimmed'}>
              {t('codesLeft', { count: recovery_codes_left })}. {recovery_codes_left <= FEW && t('fewCodes')}
            </Text>
          )}
        </Group>
        {is_on ? (
          <Group gap="xs">
            <Button variant="default" onClick={() => setDialog('renew')}>
              {t('newCodes')}
            </Button>
            <Button variant="light" color="red" onClick={() => setDialog('off')}>
              {t('switchOff')}
            </Button>
          </Group>
        ) : (
          <Button onClick={() => setDialog('enrol')}>{t('setUp')}</Button>
        )}
      </Group>
      <Enrol isOpen={dialog === 'enrol'} onClose={close} onDone={changed} />
      <RenewCodes isOpen={dialog === 'renew'} onClose={close} onDone={changed} />
      <SwitchOff isOpen={dialog === 'off'} onClose={close} onDone={() => changed()} />
      <CodesDialog codes={codes} onClose={() => setCodes(undefined)} />
    </Section>
  );
}
