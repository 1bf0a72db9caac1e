// A secret that is shown this one time.
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import s from './connect.module.css';

export function ShownOnce({
  title,
  secret,
  about,
  onClose,
}: {
  title: string;
  secret: string;
  about: string;
  onClose: () => void;
}) {
  return (
    <Dialog open onClose={onClose} title={title} about={about}>
      <CopyLine text={secret} />
      <div className={s.end}>
        <Button look="strong" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
