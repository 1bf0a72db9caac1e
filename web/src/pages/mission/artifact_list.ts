// How the files below a mission's artifacts directory are shown.
import { addressOf } from '../../api/client';
import type { ArtifactList } from '../../api/generated';

export type Artifact = ArtifactList['artifacts'][number];

export const artifactAddress = (cell: string, path: string) => addressOf('artifact.get', { cell, path });

const texts = /\.(txt|md|log|csv|tsv|ya?ml|toml|ini|xml|py|js|ts|c|h|cpp|rs|go|sh|sql|css|diff|patch)$/i;
const textMost = 2_000_000; // bytes shown as text

// As a page that may run nothing, as text, or only to download.
export function viewerOf(artifact: Artifact): 'page' | 'text' | 'json' | 'none' {
  if (/\.(html?|png|jpe?g|gif|webp|svg)$/i.test(artifact.path)) return 'page';
  if ((artifact.bytes ?? 0) > textMost) return 'none';
  if (/\.jsonl?$/i.test(artifact.path)) return 'json';
  return texts.test(artifact.path) || !/\.[^/]+$/.test(artifact.path) ? 'text' : 'none';
}
