// One message, or a text on its way: what it says, when, and how far it got.

import { Anchor, Box, Button, Group, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertCircle,
  IconCheck,
  IconChecks,
  IconClock,
  IconPaperclip,
  IconQuestionMark,
} from '@tabler/icons-react';
import { clock, fullTime } from '@/lib/format';
import { useMessageTexts } from '../text';
import type { Bubble, Delivery } from '../thread';
import classes from './Bubble.module.css';

const SIGNS: Record<Delivery, Icon> = {
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  failed: IconAlertCircle,
  unknown: IconQuestionMark,
};

interface BubbleViewProps {
  bubble: Bubble;
  onRepeat?: () => void;
}

export function BubbleView({ bubble, onRepeat }: BubbleViewProps) {
  const t = useMessageTexts();
  const isTroubled = bubble.delivery === 'failed' || bubble.delivery === 'unknown';
  return (
    <Box className={classes.place} data-ours={bubble.isOurs || undefined}>
      <Box className={classes.bubble} data-troubled={isTroubled || undefined}>
        {bubble.text !== null && bubble.text !== '' && (
          <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
            {bubble.text}
          </Text>
        )}
        {(bubble.text === null || bubble.text === '') && bubble.media.length === 0 && (
          <Text size="sm" fs="italic">
            {t('noText')}
          </Text>
        )}
        {bubble.media.map((url, index) => (
          <Anchor key={url} href={url} target="_blank" rel="noreferrer" size="sm" c="inherit" td="underline">
            <IconPaperclip size={14} style={{ verticalAlign: 'text-bottom' }} aria-hidden />{' '}
            {t('attachment', { number: index + 1 })}
          </Anchor>
        ))}
      </Box>
      <Group gap={6} className={classes.foot}>
        {bubble.author !== undefined && bubble.isOurs && (
          <Text size="xs" c="dimmed" truncate maw={180} title={bubble.author}>
            {bubble.author}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <time dateTime={bubble.at} title={fullTime(bubble.at)}>
            {clock(bubble.at)}
          </time>
        </Text>
        {bubble.delivery !== undefined && <DeliverySign delivery={bubble.delivery} />}
      </Group>
      {isTroubled && (
        <Box className={classes.foot} maw={420} ta="right" role="note">
          <Text size="xs" c="red">
            {[bubble.problem, bubble.delivery === 'unknown' ? t('unknownHelp') : undefined].filter(Boolean).join(' ')}
          </Text>
          {bubble.mayRepeat && onRepeat !== undefined && bubble.text !== null && (
            <Button size="compact-xs" variant="light" color="red" mt={4} onClick={onRepeat}>
              {t('repeat')}
            </Button>
          )}
        </Box>
      )}
    </Box>
  );
}

/** Its words are there only where something is wrong; else the sign says it, with the words for who points at it. */
function DeliverySign({ delivery }: { delivery: Delivery }) {
  const t = useMessageTexts();
  const Glyph = SIGNS[delivery];
  const words = t(`delivery_${delivery}` as const);
  const isTroubled = delivery === 'failed' || delivery === 'unknown';
  return (
    <Text size="xs" c={isTroubled ? 'red' : 'dimmed'} title={words} span>
      <Glyph size={14} style={{ verticalAlign: 'text-bottom' }} aria-hidden={isTroubled} aria-label={words} />
      {isTroubled && ` ${words}`}
    </Text>
  );
}
