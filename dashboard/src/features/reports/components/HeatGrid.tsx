// Weekdays by hours. It is a table: the colour repeats the number in the cell, and a screen reader reads rows and columns.

import { Anchor, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { language } from '@/i18n';
import { startOfHour } from '@/lib/zone';
import { callsOf } from '../drill';
import { dayName, daysOf } from '../filters';
import type { ReportCallsQuery } from '../queries';
import { useReportSearch } from '../search';
import { useReportTexts } from '../text';
import { datesOfWeekday } from '../weekdays';

export interface Cell {
  /** 0 is Monday. */
  weekday: number;
  hour: number;
  /** `null` where nothing is known. */
  value: number | null;
  words: string;
  /** All of it, for who points at the cell. */
  title: string;
  /** The calls of the last such hour. */
  query: ReportCallsQuery;
}

interface HeatGridProps {
  label: string;
  show: 'volume' | 'rate' | 'wait';
  cells: readonly Cell[];
  /** The value that has the full colour; the largest one, unless shares go to 1. */
  most?: number;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = Array.from({ length: 7 }, (_, weekday) => weekday);

export function HeatGrid({ label, show, cells, most }: HeatGridProps) {
  const top = most ?? Math.max(1, ...cells.map(({ value }) => value ?? 0));
  const scroller = useRef<HTMLDivElement>(null);
  const first = Math.min(...cells.filter(({ value }) => value !== null).map(({ hour }) => hour));
  useEffect(() => {
    // A phone shows half of the day: the half in which something happens.
    const head = scroller.current?.querySelectorAll('thead th')[first] as HTMLElement | undefined;
    const corner = scroller.current?.querySelector<HTMLElement>('[data-corner]');
    scroller.current?.scrollTo({ left: (head?.offsetLeft ?? 0) - (corner?.offsetWidth ?? 0) });
  }, [first]);
  const at = new Map(cells.map((cell) => [`${cell.weekday} ${cell.hour}`, cell]));
  return (
    <div
      ref={scroller}
      style={{ overflowX: 'auto', position: 'relative' }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrow keys
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="heat" data-show={show} aria-label={label}>
        <thead>
          <tr>
            <td aria-hidden data-corner />
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                {twoDigits(hour)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {WEEKDAYS.map((weekday) => (
            <tr key={weekday}>
              <th scope="row">{weekdayName(weekday)}</th>
              {HOURS.map((hour) => (
                <HeatCell key={hour} cell={at.get(`${weekday} ${hour}`)} top={top} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeatCell({ cell, top }: { cell: Cell | undefined; top: number }) {
  if (cell === undefined || cell.value === null) {
    return (
      <td data-none title={cell?.title}>
        <span className="sr-only">–</span>
      </td>
    );
  }
  return (
    <td style={{ ['--heat' as string]: Math.min(1, cell.value / top) }}>
      <Popover position="bottom" shadow="md" withArrow width={230} trapFocus>
        <Popover.Target>
          <UnstyledButton title={cell.title} aria-label={cell.title}>
            {cell.words}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <Dates cell={cell} />
        </Popover.Dropdown>
      </Popover>
    </td>
  );
}

/** The hour of each week of the period, leading to its calls. */
function Dates({ cell }: { cell: Cell }) {
  const t = useReportTexts();
  const search = useReportSearch();
  const days = datesOfWeekday(daysOf(search), cell.weekday);
  return (
    <Stack gap={4} mah={260} style={{ overflowY: 'auto' }}>
      <Text size="sm" fw={600}>
        {cell.title}
      </Text>
      <Text size="xs" c="dimmed">
        {t('seeCalls')}
      </Text>
      {days.map((day) => {
        const hour = {
          occurred_from: startOfHour(day, cell.hour),
          occurred_before: startOfHour(day, cell.hour + 1),
        };
        return (
          <Anchor
            key={day}
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to="/calls" search={callsOf({ ...cell.query, ...hour }) as never} />
            )}
          >
            {dayName(day)}, {twoDigits(cell.hour)}:00
          </Anchor>
        );
      })}
    </Stack>
  );
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, '0');
}

/** Mon, or Monday. The first of January 2024 was one. */
export function weekdayName(weekday: number, style: 'short' | 'long' = 'short'): string {
  return new Intl.DateTimeFormat(language(), { weekday: style, timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + weekday),
  );
}
