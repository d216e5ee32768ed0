// The navigation: one list of links, with the pages of a group below it while one of them is open.

import { NavLink, ScrollArea } from '@mantine/core';
import { Link, type LinkProps, useNavigate, useRouterState } from '@tanstack/react-router';
import { useMe } from '@/session/me';
import { type NavItem, navFor } from './nav';
import { useFrame } from './text';

export function NavList({ onGo }: { onGo: () => void }) {
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <ScrollArea type="never" style={{ flex: 1 }}>
      {navFor(me).map((item) => (
        <Entry key={item.word} item={item} path={path} onGo={onGo} />
      ))}
    </ScrollArea>
  );
}

function isAt(item: NavItem, path: string): boolean {
  return item.to === '/' ? path === '/' : path === item.to || path.startsWith(`${item.to}/`);
}

function Entry({ item, path, onGo }: { item: NavItem; path: string; onGo: () => void }) {
  const t = useFrame();
  const below = item.below ?? [];
  const isInside = below.some((each) => isAt(each, path));
  return (
    <>
      <Leaf
        item={item}
        label={t(item.word)}
        isActive={below.length === 0 && isAt(item, path)}
        isOpen={isInside}
        onGo={onGo}
      />
      {isInside &&
        below.map((each) => (
          <Leaf key={each.word} item={each} label={t(each.word)} isActive={isAt(each, path)} isBelow onGo={onGo} />
        ))}
    </>
  );
}

interface LeafProps {
  item: NavItem;
  label: string;
  isActive: boolean;
  isBelow?: boolean;
  isOpen?: boolean;
  onGo: () => void;
}

function Leaf({ item, label, isActive, isBelow = false, isOpen = false, onGo }: LeafProps) {
  const Glyph = item.icon;
  const navigate = useNavigate();
  return (
    <NavLink
      label={label}
      active={isActive}
      fw={isActive || isOpen ? 600 : 450}
      leftSection={<Glyph size={isBelow ? 16 : 19} stroke={1.7} aria-hidden />}
      pl={isBelow ? 34 : undefined}
      py={isBelow ? 5 : 8}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
      onClick={onGo}
      renderRoot={(props) =>
        isOpen ? (
          // The router's own link would call the group the current page, beside the page below it that is.
          <a
            href={item.to}
            {...props}
            onClick={(event) => {
              event.preventDefault();
              void navigate({ to: item.to });
              onGo();
            }}
          />
        ) : (
          <Link to={item.to as LinkProps['to']} aria-current={isActive ? 'page' : undefined} {...props} />
        )
      }
    />
  );
}
