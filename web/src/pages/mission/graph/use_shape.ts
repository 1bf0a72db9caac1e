// What is drawn changes with the tasks and their dependencies, and with what the reader folds. States only change
// the looks: what was finished when the page came stays folded, what finishes later folds when the reader says so.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Tasks } from '../model';
import { fold, type Shape } from './folding';
import { Layouts, type LaidOut } from './layouts';

const finishedOf = (tasks: Tasks) =>
  new Set(tasks.list.filter((task) => task.status === 'completed').map((task) => task.task_id));

export function useShape(tasks: Tasks, folds: boolean) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [finished, setFinished] = useState(() => finishedOf(tasks));
  const structure = useMemo(
    () => JSON.stringify(tasks.list.map((task) => [task.task_id, ...task.dependencies])),
    [tasks],
  );
  const latest = useRef(tasks);
  latest.current = tasks;
  const wanted = useMemo(
    () => fold(latest.current.list, finished, opened, folds),
    [structure, finished, opened, folds],
  );
  const drawn = useLaidOut(wanted);
  const fresh = folds
    ? tasks.list.filter((task) => task.status === 'completed' && !finished.has(task.task_id)).length
    : 0;
  return {
    drawn, // undefined before the first one
    layingOut: drawn?.shape !== wanted, // a newer one
    fresh,
    opened: opened.size,
    open: (group: string) => setOpened(new Set([...opened, group])),
    closeAll: () => setOpened(new Set()),
    foldFinished: () => setFinished(finishedOf(tasks)),
  };
}

function useLaidOut(wanted: Shape): LaidOut | undefined {
  const [newest, setNewest] = useState<LaidOut>();
  const [failure, setFailure] = useState<{ error: unknown }>();
  const [layouts] = useState(() => new Layouts(setNewest, (error) => setFailure({ error })));
  useLayoutEffect(() => {
    const known = layouts.ask(wanted);
    if (known) setNewest(known);
  }, [layouts, wanted]);
  useEffect(() => () => layouts.endAll(), [layouts]);
  if (failure) throw failure.error; // the page's boundary tells
  return newest;
}
