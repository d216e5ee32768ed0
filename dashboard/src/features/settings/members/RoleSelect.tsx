import { Select, type SelectProps, Stack, Text } from '@mantine/core';
import { type Role, useMay } from '@/session/me';
import { ROLES, useRoleTexts } from '@/session/roles';

type RoleSelectProps = Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  value: Role;
  onChange: (role: Role) => void;
};

/** The roles that the caller may give, each with what it is for. */
export function RoleSelect({ value, onChange, ...rest }: RoleSelectProps) {
  const t = useRoleTexts();
  const mayMakeOwners = useMay('owners.write');
  const roles = ROLES.filter((role) => role !== 'owner' || mayMakeOwners || value === 'owner');
  return (
    <Select
      data={roles.map((role) => ({ value: role, label: t(role) }))}
      value={value}
      onChange={(role) => role !== null && onChange(role as Role)}
      allowDeselect={false}
      comboboxProps={{ width: 280, position: 'bottom-end' }}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {t(`${option.value as Role}About`)}
          </Text>
        </Stack>
      )}
      {...rest}
    />
  );
}
