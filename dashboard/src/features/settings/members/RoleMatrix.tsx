import { ScrollArea, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { usePermissionTexts, useRoleTexts } from '@/session/roles';
import { rolesQuery } from './queries';
import { useMemberTexts } from './text';

/** The table of roles and permissions, as the server has it. */
export function RoleMatrix() {
  const t = useMemberTexts();
  const roleWords = useRoleTexts();
  const permissionWords = usePermissionTexts();
  const roles = useSuspenseQuery(rolesQuery).data.data;
  // The first may do everything, so its list is all there are.
  const permissions = roles[0]?.permissions ?? [];
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('mayTitle') }}>
      <Table verticalSpacing={6} miw={480} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('permission')}</Table.Th>
            {roles.map(({ role }) => (
              <Table.Th key={role} ta="center" title={roleWords(`${role}About`)}>
                {roleWords(role)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {permissions.map((permission) => (
            <Table.Tr key={permission}>
              <Table.Th scope="row" fw={400}>
                <Text size="sm">{permissionWords(permission)}</Text>
                <Text size="xs" c="dimmed" ff="monospace" visibleFrom="sm">
                  {permission}
                </Text>
              </Table.Th>
              {roles.map((each) => (
                <Table.Td key={each.role} ta="center">
                  <Mark is={each.permissions.includes(permission)} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Mark({ is }: { is: boolean }) {
  const t = useMemberTexts();
  return (
    <>
      {is ? (
        <IconCheck size={18} color="var(--mantine-color-teal-6)" aria-hidden />
      ) : (
        <Text span c="dimmed" aria-hidden>
          –
        </Text>
      )}
      <VisuallyHidden>{is ? t('may') : t('mayNot')}</VisuallyHidden>
    </>
  );
}
