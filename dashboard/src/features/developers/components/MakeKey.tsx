// The dialog that makes an app or a key, and then shows the key.

import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommon } from '@/i18n/common';
import { useAppTexts } from '../appsText';
import { createApp, createKey, type KeyWish } from '../queries';
import { KeyForm } from './KeyForm';
import { NewKey } from './NewKey';

interface MakeKeyProps {
  /** For which app; without it a new app is made. */
  appId?: string;
  isOpen: boolean;
  onClose: () => void;
}

export function MakeKey({ appId, isOpen, onClose }: MakeKeyProps) {
  const t = useAppTexts();
  const words = useCommon();
  const navigate = useNavigate();
  const [made, setMade] = useState<{ apiKey: string; hookUrl?: string; appId?: string }>();

  const make = async (name: string, key: KeyWish): Promise<void> => {
    if (appId !== undefined) {
      setMade({ apiKey: await createKey(appId, key) });
      return;
    }
    const app = await createApp(name, key);
    setMade({ apiKey: app?.api_key ?? '', hookUrl: app?.hook_url, appId: app?.id });
  };
  const close = (): void => {
    onClose();
    setMade(undefined);
    if (made?.appId !== undefined) {
      void navigate({ to: '/developers/apps/$id', params: { id: made.appId } });
    }
  };
  const title = made !== undefined ? t('madeTitle') : appId === undefined ? t('newApp') : t('newKey');
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      size="lg"
      // A key that nobody copied is lost: a click beside the dialog must not close it.
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ 'aria-label': words('close') }}
    >
      {made === undefined ? (
        <KeyForm withApp={appId === undefined} onSubmit={make} onCancel={close} />
      ) : (
        <NewKey apiKey={made.apiKey} hookUrl={made.hookUrl} onDone={close} />
      )}
    </Modal>
  );
}
