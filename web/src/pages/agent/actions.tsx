// The likeliest actions as buttons, the others in a menu.
import { useState } from 'react';
import { DropdownMenu } from 'radix-ui';
import { routes, type Agent } from '../../api/generated';
import { useMay } from '../../api/use';
import { Act, Ask } from '../../ui/act';
import { Button } from '../../ui/button';
import { AskHandoff } from './handoff';
import { choicesFor, isOurs, type Choice } from './verbs';
import { AskWake } from './wake';
import s from './agent.module.css';

const shownMost = 2;

export function Actions({ agent }: { agent: Agent }) {
  if (!useMay(routes['agent.start'].scope)) return null;
  const choices = choicesFor(agent);
  return (
    <>
      {choices.slice(0, shownMost).map((choice) => (
        <Act key={choice.operation} {...choice} inputs={{ agent: agent.ref }} title={titleOf(choice, agent)} />
      ))}
      <More agent={agent} choices={choices.slice(shownMost)} />
    </>
  );
}

const titleOf = (choice: Choice, agent: Agent) =>
  choice.label.includes(' ') ? `${choice.label}: ${agent.ref}` : `${choice.label} ${agent.ref}`;

function More({ agent, choices }: { agent: Agent; choices: Choice[] }) {
  const [asked, setAsked] = useState<Choice | 'wake' | 'handoff'>();
  const close = () => setAsked(undefined);
  const wakes = isOurs(agent);
  if (choices.length === 0 && !wakes && !agent.task) return null;
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <Button>More</Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={s.menu} align="end" sideOffset={4} collisionPadding={8}>
            {wakes && <Item onSelect={() => setAsked('wake')}>Wake with a message</Item>}
            {agent.task && <Item onSelect={() => setAsked('handoff')}>Hand its task to another</Item>}
            {choices.map((choice) => (
              <Item key={choice.operation} danger={choice.look === 'danger'} onSelect={() => setAsked(choice)}>
                {choice.label}
              </Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {asked === 'wake' && <AskWake agent={agent} onClose={close} />}
      {asked === 'handoff' && <AskHandoff agent={agent} onClose={close} />}
      {asked && typeof asked === 'object' && (
        <Ask {...asked} inputs={{ agent: agent.ref }} title={titleOf(asked, agent)} onClose={close} />
      )}
    </>
  );
}

function Item({ danger, onSelect, children }: { danger?: boolean; onSelect: () => void; children: string }) {
  return (
    <DropdownMenu.Item className={`${s.item} ${danger ? s.itemDanger : ''}`} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  );
}
