// The files below a mission's artifacts directory.
import { useQuery } from '@tanstack/react-query';
import { Refusal } from '../../api/client';

export interface Artifact {
  path: string;
  bytes: number;
  modified_at: string | null;
  task_id: string | null;
}

export interface ArtifactList {
  artifacts: readonly Artifact[];
  more: boolean;
}

const listAddress = (cell: string) => `/api/v1/cells/${encodeURIComponent(cell)}/artifacts`;
export const artifactAddress = (cell: string, path: string) => `${listAddress(cell)}/${encodeURIComponent(path)}`;

export async function fetchFrom(address: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(address, { credentials: 'same-origin', signal });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; place?: string; remedy?: string };
  throw new Refusal(response.status, problem.detail ?? `the server answered ${response.status}`, problem.place, problem.remedy);
}

// The key's first word lets the events of tasks ask anew.
export function useArtifacts(cell: string) {
  return useQuery<ArtifactList, Refusal>({
    queryKey: ['artifact.list', cell],
    queryFn: async ({ signal }) => (await (await fetchFrom(listAddress(cell), signal)).json()) as ArtifactList,
    refetchInterval: 15_000,
  });
}

const texts = /\.(txt|md|log|csv|tsv|ya?ml|toml|ini|xml|py|js|ts|c|h|cpp|rs|go|sh|sql|css|diff|patch)$/i;
const textMost = 2_000_000; // bytes shown as text

// How one is shown: as a page that may run nothing, as text, or only to download.
export function viewerOf(artifact: Artifact): 'page' | 'text' | 'json' | 'none' {
  if (/\.(html?|png|jpe?g|gif|webp|svg)$/i.test(artifact.path)) return 'page';
  if (artifact.bytes > textMost) return 'none';
  if (/\.jsonl?$/i.test(artifact.path)) return 'json';
  return texts.test(artifact.path) || !/\.[^/]+$/.test(artifact.path) ? 'text' : 'none';
}
