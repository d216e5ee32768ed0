import { Box, Button, Skeleton } from '@mantine/core';
import { useCommon } from '@/i18n/common';
import { useMay } from '@/session/me';
import { Failure } from '@/ui/Failure';
import { Page } from '@/ui/Page';
import { Section } from '@/ui/Section';
import { Invitations } from './Invitations';
import { InviteButton } from './InviteButton';
import { MemberLine } from './MemberLine';
import { useMembers } from './queries';
import { RoleMatrix } from './RoleMatrix';
import { useMemberTexts } from './text';

export function MembersPage() {
  const t = useMemberTexts();
  const mayWrite = useMay('members.write');
  return (
    <Page title={t('title')} about={t('about')} actions={mayWrite && <InviteButton />}>
      <Section title={t('people')}>
        <People />
      </Section>
      <Invitations />
      <Section title={t('mayTitle')} about={t('mayAbout')}>
        <RoleMatrix />
      </Section>
    </Page>
  );
}

function People() {
  const words = useCommon();
  const members = useMembers();
  if (members.error != null) {
    return <Failure error={members.error} onRetry={members.retry} />;
  }
  if (members.isPending) {
    return <Skeleton height={56} />;
  }
  return (
    <Box>
      {members.rows.map((member) => (
        <MemberLine key={member.user_id} member={member} />
      ))}
      {members.hasMore && (
        <Button variant="default" mt="sm" loading={members.isLoadingMore} onClick={members.loadMore}>
          {words('loadMore')}
        </Button>
      )}
    </Box>
  );
}
