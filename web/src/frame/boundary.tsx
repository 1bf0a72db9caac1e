// Keeps a page that broke from taking the others along.
import { Component, type ReactNode } from 'react';
import { Empty } from '../ui/shown';
import { Button } from '../ui/button';

export class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Empty title="This page broke">
        <p>{this.state.error.message}</p>
        <p className="faint">The fleet goes on. If the daemon was just upgraded, loading the page anew helps.</p>
        <Button onClick={() => window.location.reload()}>Load anew</Button>
      </Empty>
    );
  }
}
