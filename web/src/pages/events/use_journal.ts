import { useEffect, useState, useSyncExternalStore } from 'react';
import { live, useConnection } from '../../api/live';
import { inputsOf, type Filters } from './filters';
import { Journal, nothing } from './journal';

const typedPause = 250; // ms
const never = () => () => undefined;

// A journal for these filters; it is told when something has happened, and when the stream is back.
export function useJournal(filters: Filters, following: boolean) {
  const settled = useSettled(JSON.stringify(inputsOf(filters)));
  const [journal, setJournal] = useState<Journal>();
  useEffect(() => {
    const one = new Journal(JSON.parse(settled));
    setJournal(one);
    const forget = live.watch(() => one.news());
    return () => {
      forget();
      one.end();
    };
  }, [settled]);
  const connection = useConnection();
  useEffect(() => {
    if (connection === 'live') journal?.news();
  }, [connection, journal]);
  useEffect(() => journal?.follow(following), [journal, following]);
  const view = useSyncExternalStore(journal?.subscribe ?? never, () => journal?.view ?? nothing);
  return { journal, view };
}

// What is being typed is not asked for letter by letter.
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), typedPause);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
