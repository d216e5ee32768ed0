// What can be done about a call: mark it, share it, answer it by text.

import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheck, IconCircleDashed, IconMessage, IconShare } from '@tabler/icons-react';
import { useMay, useMe } from '@/session/me';
import { toastDone, toastFailed } from '@/ui/toast';
import { sides } from '../outcome';
import { type CallDetail, setResolved } from '../queries';
import { useCallTexts } from '../text';
import { FollowUpDialog } from './FollowUpDialog';
import { ShareDialog, shareable } from './ShareDialog';

export function CallActions({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const mayWrite = useMay('records.write');
  const { user } = useMe();
  const [isSharing, share] = useDisclosure(false);
  const [isTexting, texting] = useDisclosure(false);
  if (!mayWrite) {
    return null;
  }
  const mark = async (isResolved: boolean, canUndo: boolean): Promise<void> => {
    try {
      const done = setResolved(call.id, isResolved, user.full_name ?? user.email);
      if (canUndo) {
        toastDone(t(isResolved ? 'didResolve' : 'didReopen'), () => void mark(!isResolved, false));
      }
      await done;
    } catch (error) {
      toastFailed(error);
    }
  };
  const canText = sides(call).theirs?.startsWith('+') === true && !call.is_internal;
  const canShare = Object.values(shareable(call)).some((isThere) => isThere);
  return (
    <>
      {canText && (
        <Button variant="default" leftSection={<IconMessage size={16} />} onClick={texting.open}>
          {t('followUp')}
        </Button>
      )}
      {canShare && (
        <Button variant="default" leftSection={<IconShare size={16} />} onClick={share.open}>
          {t('share')}
        </Button>
      )}
      <Button
        variant={call.is_resolved ? 'default' : 'filled'}
        leftSection={call.is_resolved ? <IconCircleDashed size={16} /> : <IconCircleCheck size={16} />}
        onClick={() => void mark(!call.is_resolved, true)}
      >
        {t(call.is_resolved ? 'reopen' : 'markResolved')}
      </Button>
      <ShareDialog call={call} isOpen={isSharing} onClose={share.close} />
      <FollowUpDialog call={call} isOpen={isTexting} onClose={texting.close} />
    </>
  );
}
