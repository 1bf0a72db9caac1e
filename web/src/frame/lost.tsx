// For an address at which there is nothing: says so, and where one can go.
import { Link, useLocation } from 'wouter';
import { PageHead } from '../ui/card';
import { Empty } from '../ui/shown';
import { places } from './keys';
import s from './lost.module.css';

export function Lost() {
  const [location] = useLocation();
  return (
    <>
      <PageHead title="There is no such page" about={<code className={s.address}>{location}</code>} />
      <Empty title="What there is">
        <ul className={s.places}>
          {places.map(({ path, label, about }) => (
            <li key={path}>
              <Link href={path}>{label}</Link> <span className="faint small">{about}</span>
            </li>
          ))}
        </ul>
      </Empty>
    </>
  );
}
