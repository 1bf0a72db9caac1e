// One drawing for each page, on a ground of 24 by 24.
export const icons: Record<string, string> = {
  '/': 'M4 18h3l2.5-9 4 12L16 12l1.5 6H20M4 6h6M14 4h6',
  '/missions': 'M6 4v16M6 5h11l-2.5 3.5L17 12H6',
  '/inbox': 'M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5',
  '/calendar': 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  '/events': 'M5 6h14M5 12h14M5 18h9',
  '/host': 'M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01',
  '/connect': 'M9 8V4M15 8V4M7 8h10v4a5 5 0 0 1-10 0zM12 17v4',
};
