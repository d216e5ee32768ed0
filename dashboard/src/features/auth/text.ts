import { defineTexts } from '@/i18n';

export const { useTexts: useAuthTexts } = defineTexts('auth', {
  en: {
    signIn: 'Sign in',
    signUp: 'Create a workspace',
    email: 'E-mail',
    password: 'Password',
    fullName: 'Your name',
    company: 'Company',
    newHere: 'New here?',
    haveAccount: 'You have an account?',
    tagline: 'Calls, texts and voicemails of your business, live, in one place that is yours.',
  },
  es: {
    signIn: 'Entrar',
    signUp: 'Crear un espacio',
    email: 'Correo electrónico',
    password: 'Contraseña',
    fullName: 'Su nombre',
    company: 'Empresa',
    newHere: '¿Es nuevo?',
    haveAccount: '¿Ya tiene cuenta?',
    tagline: 'Las llamadas, los mensajes y el buzón de su empresa, en directo y en un solo lugar que es suyo.',
  },
});
