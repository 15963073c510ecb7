// What this software says of itself. Clients compare `product_version` and `platform_version` as numbers with dots.

export const product: Readonly<Record<string, string>> = {
  product_version: '8.3.0',
  product_version_text: '8.3',
  product_version_text_short: '8.3',
  product_brand: 'XCP',
  platform_name: 'XCP',
  platform_version: '3.4.0',
  xapi: '2.23',
  xcp: '0.1.0',
  build_number: '0.1.0',
  date: '2026-11-23',
  xencenter_min: '2.23',
  xencenter_max: '2.23',
};
