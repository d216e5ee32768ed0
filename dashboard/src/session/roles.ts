// Roles and permissions in words. Both lists have the types of the API's, so that a new one does not compile without its
// words. Which role has which permission is asked of the server (`GET /api/v1/roles`) and stands nowhere here.

import { defineTexts } from '@/i18n';
import type { Permission, Role } from './me';

/** From the mightiest on, as screens list them. */
export const ROLES: readonly Role[] = ['owner', 'admin', 'agent', 'viewer'];

type RoleWord = Role | `${Role}About`;

const roles = {
  en: {
    owner: 'Owner',
    admin: 'Admin',
    agent: 'Agent',
    viewer: 'Viewer',
    ownerAbout: 'Everything, including making other owners',
    adminAbout: 'Everything but owners',
    agentAbout: 'Works with calls, messages and contacts',
    viewerAbout: 'Looks on',
  },
  es: {
    owner: 'Propietario',
    admin: 'Administrador',
    agent: 'Agente',
    viewer: 'Observador',
    ownerAbout: 'Todo, también nombrar a otros propietarios',
    adminAbout: 'Todo salvo los propietarios',
    agentAbout: 'Trabaja con llamadas, mensajes y contactos',
    viewerAbout: 'Solo mira',
  },
} satisfies Record<'en' | 'es', Record<RoleWord, string>>;

export const { useTexts: useRoleTexts } = defineTexts<RoleWord>('roles', roles);

const permissions = {
  en: {
    'records.read': 'See calls, messages, voicemails and contacts',
    'records.write': 'Edit and resolve them, and send',
    'records.export': 'Take them out in bulk',
    'events.read': 'See the log of what providers sent',
    'events.replay': 'Have events merged again',
    'jobs.read': 'See jobs',
    'jobs.write': 'Requeue dead jobs',
    'connections.read': 'See connections',
    'connections.write': 'Make, change and remove connections',
    'apps.read': 'See apps and their keys',
    'apps.write': 'Make apps; make and revoke keys',
    'members.read': 'See who works here',
    'members.write': 'Invite, change roles below owner, remove',
    'owners.write': 'Make and unmake owners',
    'workspace.read': 'See settings, plan and usage',
    'workspace.write': 'Change settings, features and retention',
    'audit.read': 'Read and export the audit log',
    'privacy.write': 'Export or erase everything about a contact',
  },
  es: {
    'records.read': 'Ver llamadas, mensajes, buzón y contactos',
    'records.write': 'Editarlos, resolverlos y enviar',
    'records.export': 'Exportarlos en bloque',
    'events.read': 'Ver el registro de lo que envían los proveedores',
    'events.replay': 'Volver a procesar eventos',
    'jobs.read': 'Ver tareas',
    'jobs.write': 'Reactivar tareas fallidas',
    'connections.read': 'Ver conexiones',
    'connections.write': 'Crear, cambiar y quitar conexiones',
    'apps.read': 'Ver aplicaciones y sus claves',
    'apps.write': 'Crear aplicaciones; crear y revocar claves',
    'members.read': 'Ver quién trabaja aquí',
    'members.write': 'Invitar, cambiar roles por debajo de propietario, quitar',
    'owners.write': 'Nombrar y retirar propietarios',
    'workspace.read': 'Ver ajustes, plan y consumo',
    'workspace.write': 'Cambiar ajustes, funciones y conservación',
    'audit.read': 'Leer y exportar el registro de auditoría',
    'privacy.write': 'Exportar o borrar todo sobre un contacto',
  },
} satisfies Record<'en' | 'es', Record<Permission, string>>;

export const { useTexts: usePermissionTexts } = defineTexts<Permission>('permissions', permissions);
