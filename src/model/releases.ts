// The releases of the API, oldest first: what `since` and `changes` of classes, fields and messages name.

export interface Release {
  /** Absent for versions that never had a name. */
  readonly name: string | undefined;
  readonly api: string;
  readonly branding: string;
  readonly date: string | undefined;
}

export const releases: readonly Release[] = [
  { name: 'rio', api: '1.1', branding: 'XenServer 4.0', date: 'August 2007' },
  { name: 'miami', api: '1.2', branding: 'XenServer 4.1', date: 'March 2008' },
  { name: 'symc', api: '1.2', branding: 'XenServer 4.1.1', date: '' },
  { name: 'orlando', api: '1.3', branding: 'XenServer 5.0', date: 'September 2008' },
  { name: 'orlando-update-1', api: '1.3', branding: 'XenServer 5.0 Update 1', date: '' },
  { name: undefined, api: '1.4', branding: 'Unreleased', date: undefined },
  { name: undefined, api: '1.5', branding: 'XenServer 5.0 update 3', date: 'September 2008' },
  { name: 'george', api: '1.6', branding: 'XenServer 5.5', date: 'June 2009' },
  { name: 'midnight-ride', api: '1.7', branding: 'XenServer 5.6', date: 'May 2010' },
  { name: 'cowley', api: '1.8', branding: 'XenServer 5.6 FP1', date: 'December 2010' },
  { name: 'boston', api: '1.9', branding: 'XenServer 6.0', date: 'September 2011' },
  { name: 'tampa', api: '1.10', branding: 'XenServer 6.1', date: 'September 2012' },
  { name: 'clearwater', api: '2.0', branding: 'XenServer 6.2', date: 'June 2013' },
  { name: 'vgpu-tech-preview', api: '2.0', branding: 'XenServer 6.2 SP1 Tech-Preview', date: '' },
  { name: 'vgpu-productisation', api: '2.1', branding: 'XenServer 6.2 SP1', date: 'December 2013' },
  { name: 'clearwater-felton', api: '2.2', branding: 'XenServer 6.2 SP1 Hotfix 4', date: 'April 2014' },
  { name: 'clearwater-whetstone', api: '2.2', branding: 'XenServer 6.2 SP1 Hotfix 11', date: 'October 2014' },
  { name: 'creedence', api: '2.3', branding: 'XenServer 6.5', date: 'January 2015' },
  { name: 'cream', api: '2.4', branding: 'XenServer 6.5 SP1', date: 'May 2015' },
  { name: 'indigo', api: '2.4', branding: 'XenServer 6.5 SP1 Hotfix 31', date: 'December 2015' },
  { name: 'dundee', api: '2.5', branding: 'XenServer 7.0', date: 'May 2016' },
  { name: 'ely', api: '2.6', branding: 'XenServer 7.1', date: 'February 2017' },
  { name: 'falcon', api: '2.7', branding: 'XenServer 7.2', date: 'May 2017' },
  { name: 'inverness', api: '2.8', branding: 'XenServer 7.3', date: 'December 2017' },
  { name: 'jura', api: '2.9', branding: 'XenServer 7.4', date: 'February 2018' },
  { name: 'kolkata', api: '2.10', branding: 'XenServer 7.5', date: 'May 2018' },
  { name: 'lima', api: '2.11', branding: 'XenServer 7.6', date: 'September 2018' },
  { name: 'naples', api: '2.12', branding: 'Citrix Hypervisor 8.0', date: 'March 2019' },
  { name: 'oslo', api: '2.13', branding: 'Unreleased', date: undefined },
  { name: 'quebec', api: '2.14', branding: 'Citrix Hypervisor 8.1', date: 'December 2019' },
  { name: 'stockholm', api: '2.15', branding: 'Citrix Hypervisor 8.2', date: 'June 2020' },
  { name: 'stockholm_psr', api: '2.15', branding: 'Citrix Hypervisor 8.2 Hotfix 2', date: 'November 2020' },
  { name: 'nile-preview', api: '2.20', branding: 'XenServer 8 Preview', date: 'August 2023' },
  { name: 'nile', api: '2.21', branding: 'XenServer 8', date: undefined },
  { name: 'orinoco', api: '2.23', branding: 'XenServer 9', date: undefined },
];

/** Version of the API that this model describes. */
export const apiVersion = { major: 2, minor: 23, vendor: 'XenSource', schema: [5, 909] } as const;
