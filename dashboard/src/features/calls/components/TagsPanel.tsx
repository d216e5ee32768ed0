import { Badge, Group, TagsInput, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCommon } from '@/i18n/common';
import { useMay } from '@/session/me';
import { toastFailed } from '@/ui/toast';
import { type CallDetail, setTags, tagsQuery } from '../queries';
import { useCallTexts } from '../text';
import { Panel } from './Panel';

const MOST = 20;
const LONGEST = 40;

export function TagsPanel({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const mayWrite = useMay('records.write');
  return <Panel title={t('tags')}>{mayWrite ? <Editor call={call} /> : <Shown tags={call.tags} />}</Panel>;
}

/** Each choice is kept at once: there is nothing to forget to save. */
function Editor({ call }: { call: CallDetail }) {
  const t = useCallTexts();
  const { data } = useQuery(tagsQuery);
  return (
    <TagsInput
      aria-label={t('tags')}
      placeholder={call.tags.length === 0 ? t('addTag') : undefined}
      data={data?.data.map(({ tag }) => tag) ?? []}
      value={call.tags}
      maxTags={MOST}
      maxLength={LONGEST}
      onChange={(tags) =>
        void setTags(
          call.id,
          tags.map((tag) => tag.trim()),
        ).catch(toastFailed)
      }
      splitChars={[',']}
    />
  );
}

function Shown({ tags }: { tags: string[] }) {
  const words = useCommon();
  if (tags.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words('none')}
      </Text>
    );
  }
  return (
    <Group gap={6}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          color="gray"
          title={tag}
          style={{ cursor: 'pointer' }}
          renderRoot={(props) => <Link to="/calls" search={{ tag }} {...props} />}
        >
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
