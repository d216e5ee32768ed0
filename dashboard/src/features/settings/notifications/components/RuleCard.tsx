// One rule: what it says, when it told, and what can be done with it.

import { ActionIcon, Badge, Box, Button, Group, Menu, Paper, Switch, Text } from '@mantine/core';
import { IconBrandSlack, IconDots, IconMail, IconPencil, IconSend, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { Confirm } from '@/ui/confirm';
import { Ago } from '@/ui/Times';
import { toastDone, toastFailed } from '@/ui/toast';
import { deleteRule, type NotificationRule, setOn, testRule } from '../queries';
import { summary } from '../rules';
import { useRuleTexts } from '../text';

interface RuleCardProps {
  rule: NotificationRule;
  isLocked: boolean;
  onEdit: () => void;
}

export function RuleCard({ rule, isLocked, onEdit }: RuleCardProps) {
  const t = useRuleTexts();
  const name = rule.name ?? t(rule.condition.kind);
  return (
    <Paper p="md" component="li" style={{ listStyle: 'none' }}>
      <Group wrap="nowrap" align="flex-start" gap="md">
        <Switch
          mt={2}
          checked={rule.is_on}
          disabled={isLocked}
          aria-label={t(rule.is_on ? 'switchOff' : 'switchOn', { name })}
          onChange={(event) => void setOn(rule, event.currentTarget.checked).catch(toastFailed)}
        />
        <Box miw={0} style={{ flex: 1 }}>
          <Group gap="xs" wrap="nowrap">
            <Text fw={620} truncate title={name} c={rule.is_on ? undefined : 'dimmed'}>
              {name}
            </Text>
            {rule.open_incidents > 0 && (
              <Badge color="orange" style={{ flexShrink: 0 }}>
                {t('goesOn')}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {summary(rule.condition, t)}
          </Text>
          <Group gap="xs" mt={6}>
            <Ways rule={rule} />
            {rule.only_in_hours && <Badge color="gray">{t('onlyInHours')}</Badge>}
            <Text size="xs" c="dimmed">
              {rule.last_fired_at == null ? (
                t('neverFired')
              ) : (
                <>
                  {t('lastFired')} <Ago at={rule.last_fired_at} />
                </>
              )}
            </Text>
          </Group>
        </Box>
        {!isLocked && <Deeds rule={rule} name={name} onEdit={onEdit} />}
      </Group>
    </Paper>
  );
}

function Ways({ rule }: { rule: NotificationRule }) {
  const t = useRuleTexts();
  return (
    <>
      {rule.in_app && <Badge color="ink">{t('inApp')}</Badge>}
      {rule.email != null && (
        <Badge color="ink" leftSection={<IconMail size={12} aria-hidden />}>
          {t(rule.email.to)}
        </Badge>
      )}
      {rule.slack != null && (
        <Badge color="ink" leftSection={<IconBrandSlack size={12} aria-hidden />}>
          Slack
        </Badge>
      )}
    </>
  );
}

function Deeds({ rule, name, onEdit }: { rule: NotificationRule; name: string; onEdit: () => void }) {
  const t = useRuleTexts();
  const common = useCommon();
  const [isAsking, setAsking] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const test = async (): Promise<void> => {
    setTesting(true);
    try {
      toastDone((await testRule(rule.id)) ? t('tested') : t('testedHere'));
    } catch (error) {
      toastFailed(error);
    } finally {
      setTesting(false);
    }
  };
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <Button
          visibleFrom="sm"
          variant="default"
          size="xs"
          leftSection={<IconSend size={14} aria-hidden />}
          loading={isTesting}
          onClick={() => void test()}
        >
          {t('test')}
        </Button>
        <ActionIcon visibleFrom="sm" aria-label={`${common('edit')}: ${name}`} onClick={onEdit}>
          <IconPencil size={17} />
        </ActionIcon>
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={`${common('more')}: ${name}`}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={onEdit}>
              {common('edit')}
            </Menu.Item>
            <Menu.Item leftSection={<IconSend size={15} />} onClick={() => void test()}>
              {t('test')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setAsking(true)}>
              {common('delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Confirm
        title={t('deleteRule')}
        deed={common('delete')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await deleteRule(rule.id);
          toastDone(t('deleted'));
        }}
      >
        {t('deleteText', { name })}
      </Confirm>
    </>
  );
}
