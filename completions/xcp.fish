# fish completion of xcp. Generated from the table of commands: do not edit.

function __xcp_commands
    printf '%s\t%s\n' \
        appliance-assert-can-be-recovered 'Check whether an appliance of another pool could be taken over.' \
        appliance-create 'Make an appliance.' \
        appliance-destroy 'Remove an appliance; its VMs stay.' \
        appliance-list 'List the objects of class appliance; every field=value filters.' \
        appliance-param-clear 'Empty a field of one appliance.' \
        appliance-param-get 'Show one field of one appliance.' \
        appliance-param-list 'Show all fields of one appliance.' \
        appliance-param-set 'Set fields of one appliance.' \
        appliance-recover 'Take an appliance over from the database of another pool.' \
        appliance-shutdown 'Shut the VMs of an appliance down in their order.' \
        appliance-start 'Start the VMs of an appliance in their order.' \
        apply 'Make the pool as a file declares it: networks, bonds, VLANs, SRs and VMs; applied again it changes nothing.' \
        audit-log-get 'Save the log of who did what.' \
        batch 'Run many commands in one session; all lines are checked before the first is sent.' \
        bond-create 'Bond several PIFs into one.' \
        bond-destroy 'Take a bond apart.' \
        bond-list 'List the objects of class bond; every field=value filters.' \
        bond-param-clear 'Empty a field of one bond.' \
        bond-param-get 'Show one field of one bond.' \
        bond-param-list 'Show all fields of one bond.' \
        bond-param-set 'Set fields of one bond.' \
        bond-set-mode 'Set how a bond spreads its load.' \
        bond-show 'Show what bonds have negotiated, NIC by NIC, and say what is wrong and what to do.' \
        caller-create 'Tell callers apart by their program or address.' \
        caller-destroy 'Forget a caller.' \
        caller-list 'List the objects of class caller; every field=value filters.' \
        caller-list-usage 'Show what each caller used.' \
        caller-param-add 'Add to a set or a map of one caller.' \
        caller-param-clear 'Empty a field of one caller.' \
        caller-param-get 'Show one field of one caller.' \
        caller-param-list 'Show all fields of one caller.' \
        caller-param-remove 'Remove from a set or a map of one caller.' \
        caller-param-set 'Set fields of one caller.' \
        caller-query-usage 'Show what a caller or a group used.' \
        cd-list 'Show the CDs that VMs may use.' \
        certificate-list 'List the objects of class certificate; every field=value filters.' \
        certificate-param-get 'Show one field of one certificate.' \
        certificate-param-list 'Show all fields of one certificate.' \
        cluster-destroy 'Remove a cluster of one host.' \
        cluster-host-destroy 'Let a host leave a cluster for good.' \
        cluster-host-disable 'Let a host leave a cluster for now.' \
        cluster-host-enable 'Let a host come back to a cluster.' \
        cluster-host-force-destroy 'Remove a host from a cluster without asking it.' \
        cluster-host-list 'List the objects of class cluster-host; every field=value filters.' \
        cluster-host-param-clear 'Empty a field of one cluster-host.' \
        cluster-host-param-get 'Show one field of one cluster-host.' \
        cluster-host-param-list 'Show all fields of one cluster-host.' \
        cluster-list 'List the objects of class cluster; every field=value filters.' \
        cluster-param-add 'Add to a set or a map of one cluster.' \
        cluster-param-clear 'Empty a field of one cluster.' \
        cluster-param-get 'Show one field of one cluster.' \
        cluster-param-list 'Show all fields of one cluster.' \
        cluster-param-remove 'Remove from a set or a map of one cluster.' \
        cluster-param-set 'Set fields of one cluster.' \
        cluster-pool-create 'Make a cluster of all hosts.' \
        cluster-pool-destroy 'Remove a cluster from all hosts.' \
        cluster-pool-force-destroy 'Remove a cluster whose hosts do not answer.' \
        cluster-pool-resync 'Make all hosts join their cluster.' \
        completion 'Print or install the completion of words for a shell.' \
        console 'Open the text console of a VM on this terminal.' \
        console-list 'List the objects of class console; every field=value filters.' \
        console-param-add 'Add to a set or a map of one console.' \
        console-param-clear 'Empty a field of one console.' \
        console-param-get 'Show one field of one console.' \
        console-param-list 'Show all fields of one console.' \
        console-param-remove 'Remove from a set or a map of one console.' \
        console-param-set 'Set fields of one console.' \
        diagnostic-compact 'Make the agent give memory back.' \
        diagnostic-db-stats 'Show how long the database is waited for.' \
        diagnostic-gc-stats 'Show the memory of a host\'s agent.' \
        diagnostic-license-status 'Show the licences of the hosts.' \
        diagnostic-net-stats 'Show the requests that a host answered.' \
        diagnostic-timing-stats 'Show how long things take on each host.' \
        diagnostic-vdi-status 'Show who uses a disk.' \
        diagnostic-vm-status 'Check whether a VM could start, and where.' \
        drtask-create 'Attach the storage of another site.' \
        drtask-destroy 'Detach the storage of another site.' \
        drtask-list 'List the objects of class drtask; every field=value filters.' \
        drtask-param-get 'Show one field of one drtask.' \
        drtask-param-list 'Show all fields of one drtask.' \
        event-wait 'Wait until an object is as described.' \
        explain 'Explain an error code, or what became of a task.' \
        feature-list 'List the objects of class feature; every field=value filters.' \
        feature-param-get 'Show one field of one feature.' \
        feature-param-list 'Show all fields of one feature.' \
        gpu-group-create 'Make a group of GPUs.' \
        gpu-group-destroy 'Remove a group of GPUs.' \
        gpu-group-get-remaining-capacity 'Show how many more VMs may use a group.' \
        gpu-group-list 'List the objects of class gpu-group; every field=value filters.' \
        gpu-group-param-add 'Add to a set or a map of one gpu-group.' \
        gpu-group-param-clear 'Empty a field of one gpu-group.' \
        gpu-group-param-get 'Show one field of one gpu-group.' \
        gpu-group-param-list 'Show all fields of one gpu-group.' \
        gpu-group-param-remove 'Remove from a set or a map of one gpu-group.' \
        gpu-group-param-set 'Set fields of one gpu-group.' \
        host-all-editions 'Show the editions there are.' \
        host-apply-edition 'Give a host an edition.' \
        host-apply-updates 'Install the updates that were offered.' \
        host-backup 'Save a host\'s system.' \
        host-bugreport-upload 'Send a bug report to the support.' \
        host-call-plugin 'Call a function of a plugin on a host.' \
        host-compute-free-memory 'Show how much memory is free for VMs.' \
        host-compute-memory-overhead 'Show how much memory the host needs itself.' \
        host-cpu-info 'Show the CPUs of a host.' \
        host-cpu-list 'List the objects of class host-cpu; every field=value filters.' \
        host-cpu-param-get 'Show one field of one host-cpu.' \
        host-cpu-param-list 'Show all fields of one host-cpu.' \
        host-cpu-tune 'Show, advise or set how many vCPUs a Xen host\'s control domain has, and whether it shares its CPUs with guests.' \
        host-crashdump-destroy 'Remove a crash dump.' \
        host-crashdump-list 'List the objects of class host-crashdump; every field=value filters.' \
        host-crashdump-param-get 'Show one field of one host-crashdump.' \
        host-crashdump-param-list 'Show all fields of one host-crashdump.' \
        host-crashdump-upload 'Send a crash dump to the support.' \
        host-data-source-forget 'Drop what was recorded of a figure.' \
        host-data-source-list 'Show the figures that a host can record.' \
        host-data-source-query 'Show a figure of a host as it is now.' \
        host-data-source-record 'Begin to record a figure of a host.' \
        host-declare-dead 'Say that a host is off for good, so that its VMs may start elsewhere.' \
        host-disable 'Start no more VMs on a host.' \
        host-disable-display 'Take the screen from the host at its next start.' \
        host-disable-local-storage-caching 'Stop caching shared images on the host.' \
        host-disable-ssh 'Stop the host\'s SSH service.' \
        host-dmesg 'Show the messages of the hypervisor.' \
        host-domain-list 'List what Xen runs on a host beside its control domain, also what somebody made by hand.' \
        host-emergency-clear-mandatory-guidance 'Forget the restarts that updates asked for.' \
        host-emergency-disable-tls-verification 'Stop verifying certificates on this host.' \
        host-emergency-ha-disable 'Turn high availability off on this host alone.' \
        host-emergency-management-reconfigure 'Move the management to another interface of this host.' \
        host-emergency-reenable-tls-verification 'Verify certificates on this host again.' \
        host-emergency-reset-server-certificate 'Make a new certificate for this host.' \
        host-enable 'Let VMs start on a host again.' \
        host-enable-display 'Show the console on the host\'s screen again.' \
        host-enable-local-storage-caching 'Cache shared images on the host\'s own disk.' \
        host-enable-ssh 'Start the host\'s SSH service.' \
        host-evacuate 'Move all VMs off a host.' \
        host-forget 'Forget a host that will not come back.' \
        host-get-cpu-features 'Show the CPU features of a host.' \
        host-get-server-certificate 'Show the certificate of a host.' \
        host-get-sm-diagnostics 'Show what the storage layer holds.' \
        host-get-system-status 'Save a report of a host for the support.' \
        host-get-system-status-capabilities 'Show what a status report may hold.' \
        host-get-thread-diagnostics 'Show what the agent\'s threads do.' \
        host-get-vms-which-prevent-evacuation 'Show the VMs that cannot leave a host, and why.' \
        host-is-in-emergency-mode 'Show whether the host has lost its pool.' \
        host-license-add 'Give a host a licence from a file.' \
        host-license-remove 'Remove the license of a host.' \
        host-license-view 'Show a host\'s licence.' \
        host-list 'List the objects of class host; every field=value filters.' \
        host-logs-download 'Save the logs of a host.' \
        host-management-disable 'Stop answering on the management network.' \
        host-management-reconfigure 'Move the management to another PIF.' \
        host-network-confirm 'Keep a change of the host\'s management that is on trial.' \
        host-network-reset 'Bring the network of the host that it runs on back to a known good state, also where the agent or its database is broken.' \
        host-param-add 'Add to a set or a map of one host.' \
        host-param-clear 'Empty a field of one host.' \
        host-param-get 'Show one field of one host.' \
        host-param-list 'Show all fields of one host.' \
        host-param-remove 'Remove from a set or a map of one host.' \
        host-param-set 'Set fields of one host.' \
        host-power-on 'Switch a host on.' \
        host-reboot 'Restart a host; disable it first.' \
        host-refresh-server-certificate 'Make the host load its certificate again.' \
        host-reset-server-certificate 'Make a new certificate for a host.' \
        host-restore 'Put a saved system in place of the host\'s.' \
        host-send-debug-keys 'Send debug keys to the hypervisor.' \
        host-server-certificate-install 'Give a host a certificate from files.' \
        host-set-hostname-live 'Give a host another host name.' \
        host-set-power-on-mode 'Set how a host is switched on.' \
        host-shutdown 'Shut a host down; disable it first.' \
        host-shutdown-agent 'Stop the agent of this host.' \
        host-sm-dp-destroy 'Remove a datapath of the storage layer.' \
        host-sync-data 'Copy shared files to a host.' \
        host-syslog-reconfigure 'Make the host\'s syslog follow its settings.' \
        host-update-firewalld-service-status 'Make the firewall follow the services.' \
        hostd 'Serve the XenAPI of this host.' \
        hostdriver-deselect 'Use no variant of a driver.' \
        hostdriver-list 'List the objects of class hostdriver; every field=value filters.' \
        hostdriver-param-get 'Show one field of one hostdriver.' \
        hostdriver-param-list 'Show all fields of one hostdriver.' \
        hostdriver-rescan 'Look again which drivers a host has.' \
        hostdriver-select 'Choose the variant of a driver.' \
        hostdriver-variant-list 'List the objects of class hostdriver-variant; every field=value filters.' \
        hostdriver-variant-param-get 'Show one field of one hostdriver-variant.' \
        hostdriver-variant-param-list 'Show all fields of one hostdriver-variant.' \
        hostdriver-variant-select 'Use this variant of its driver.' \
        login 'Keep a session on a server, so that the commands that follow need no password.' \
        logout 'End the session that is kept for a server, or all of them.' \
        lvhd-enable-thin-provisioning 'Give the disks of an SR space as they need it.' \
        message-create 'Leave a message about an object.' \
        message-destroy 'Remove messages.' \
        message-destroy-all 'Remove all messages, or those of a time or priority.' \
        message-list 'List the objects of class message; every field=value filters.' \
        message-param-get 'Show one field of one message.' \
        message-param-list 'Show all fields of one message.' \
        network-create 'Make a network.' \
        network-destroy 'Remove a network.' \
        network-list 'List the objects of class network; every field=value filters.' \
        network-param-add 'Add to a set or a map of one network.' \
        network-param-clear 'Empty a field of one network.' \
        network-param-get 'Show one field of one network.' \
        network-param-list 'Show all fields of one network.' \
        network-param-remove 'Remove from a set or a map of one network.' \
        network-param-set 'Set fields of one network.' \
        network-show 'Draw a host\'s network: NICs, bonds, VLANs, tunnels, networks and guests, with state and faults.' \
        network-sriov-create 'Use the virtual functions of a PIF for a network.' \
        network-sriov-destroy 'Stop using virtual functions.' \
        network-sriov-list 'List the objects of class network-sriov; every field=value filters.' \
        network-sriov-param-get 'Show one field of one network-sriov.' \
        network-sriov-param-list 'Show all fields of one network-sriov.' \
        observer-create 'Follow what components of hosts do.' \
        observer-destroy 'Remove an observer.' \
        observer-list 'List the objects of class observer; every field=value filters.' \
        observer-param-add 'Add to a set or a map of one observer.' \
        observer-param-clear 'Empty a field of one observer.' \
        observer-param-get 'Show one field of one observer.' \
        observer-param-list 'Show all fields of one observer.' \
        observer-param-remove 'Remove from a set or a map of one observer.' \
        observer-param-set 'Set fields of one observer.' \
        patch-apply 'Apply a patch to a host.' \
        patch-clean 'Remove the files of a patch from the master.' \
        patch-destroy 'Forget a patch that no host has.' \
        patch-list 'List the objects of class patch; every field=value filters.' \
        patch-param-clear 'Empty a field of one patch.' \
        patch-param-get 'Show one field of one patch.' \
        patch-param-list 'Show all fields of one patch.' \
        patch-pool-apply 'Apply a patch to all hosts.' \
        patch-pool-clean 'Remove the files of a patch from all hosts.' \
        patch-precheck 'Check whether a patch fits a host.' \
        patch-upload 'Send a patch to the pool.' \
        pbd-create 'Describe how a host reaches an SR.' \
        pbd-destroy 'Forget how a host reaches an SR.' \
        pbd-list 'List the objects of class pbd; every field=value filters.' \
        pbd-param-add 'Add to a set or a map of one pbd.' \
        pbd-param-clear 'Empty a field of one pbd.' \
        pbd-param-get 'Show one field of one pbd.' \
        pbd-param-list 'Show all fields of one pbd.' \
        pbd-param-remove 'Remove from a set or a map of one pbd.' \
        pbd-param-set 'Set fields of one pbd.' \
        pbd-plug 'Connect a host to an SR.' \
        pbd-unplug 'Disconnect a host from an SR.' \
        pci-disable-dom0-access 'Keep a PCI device from the host.' \
        pci-enable-dom0-access 'Let the host use a PCI device again.' \
        pci-get-dom0-access-status 'Show whether the host may use a PCI device.' \
        pci-list 'List the objects of class pci; every field=value filters.' \
        pci-param-add 'Add to a set or a map of one pci.' \
        pci-param-clear 'Empty a field of one pci.' \
        pci-param-get 'Show one field of one pci.' \
        pci-param-list 'Show all fields of one pci.' \
        pci-param-remove 'Remove from a set or a map of one pci.' \
        pci-param-set 'Set fields of one pci.' \
        pgpu-disable-dom0-access 'Keep a GPU from the host.' \
        pgpu-enable-dom0-access 'Let the host use a GPU again.' \
        pgpu-list 'List the objects of class pgpu; every field=value filters.' \
        pgpu-param-add 'Add to a set or a map of one pgpu.' \
        pgpu-param-clear 'Empty a field of one pgpu.' \
        pgpu-param-get 'Show one field of one pgpu.' \
        pgpu-param-list 'Show all fields of one pgpu.' \
        pgpu-param-remove 'Remove from a set or a map of one pgpu.' \
        pgpu-param-set 'Set fields of one pgpu.' \
        pif-forget 'Forget a network interface.' \
        pif-introduce 'Make the record of a network interface.' \
        pif-list 'List the objects of class pif; every field=value filters.' \
        pif-param-add 'Add to a set or a map of one pif.' \
        pif-param-clear 'Empty a field of one pif.' \
        pif-param-get 'Show one field of one pif.' \
        pif-param-list 'Show all fields of one pif.' \
        pif-param-remove 'Remove from a set or a map of one pif.' \
        pif-param-set 'Set fields of one pif.' \
        pif-plug 'Bring a PIF up.' \
        pif-reconfigure-ip 'Set the IPv4 address of a PIF.' \
        pif-reconfigure-ipv6 'Set the IPv6 address of a PIF.' \
        pif-scan 'Look for new network interfaces.' \
        pif-set-primary-address-type 'Set whether IPv4 or IPv6 is the main address.' \
        pif-unplug 'Bring a PIF down.' \
        pool-apply-edition 'Give all hosts an edition.' \
        pool-certificate-install 'Install a CA certificate from a file.' \
        pool-certificate-list 'Show the names of the CA certificates.' \
        pool-certificate-sync 'Copy certificates and revocation lists to all hosts.' \
        pool-certificate-uninstall 'Remove a CA certificate from the pool.' \
        pool-configure-repository-proxy 'Set the proxy for update repositories.' \
        pool-configure-update-sync 'Set when updates are looked for.' \
        pool-crl-install 'Install a revocation list from a file.' \
        pool-crl-list 'Show the names of the revocation lists.' \
        pool-crl-uninstall 'Remove a revocation list.' \
        pool-deconfigure-wlb 'Disconnect the pool from workload balancing.' \
        pool-designate-new-master 'Hand the role of the master to another host.' \
        pool-disable-client-certificate-auth 'Stop logging clients in by certificate.' \
        pool-disable-external-auth 'Stop logging users in by an external directory.' \
        pool-disable-local-storage-caching 'Stop caching shared images.' \
        pool-disable-redo-log 'Stop the redo log.' \
        pool-disable-repository-proxy 'Forget the proxy for update repositories.' \
        pool-disable-ssh 'Stop the SSH service of all hosts.' \
        pool-disable-ssl-legacy 'Nothing is left to disable.' \
        pool-dump-database 'Save the database of the pool.' \
        pool-eject 'Take a host out of the pool; what is on its own disks is lost.' \
        pool-emergency-reset-master 'Make this host follow another master.' \
        pool-emergency-transition-to-master 'Make this host the master.' \
        pool-enable-client-certificate-auth 'Let clients log in by certificate.' \
        pool-enable-external-auth 'Let an external directory log users in, on all hosts.' \
        pool-enable-local-storage-caching 'Cache shared images on each host\'s own disk.' \
        pool-enable-redo-log 'Keep a redo log of the database on an SR.' \
        pool-enable-ssh 'Start the SSH service of all hosts.' \
        pool-enable-tls-verification 'Verify certificates between the hosts.' \
        pool-external-auth-set-ldaps 'Encrypt the connection to the directory, or not.' \
        pool-get-cpu-features 'Show the CPU features that all hosts have.' \
        pool-get-guest-secureboot-readiness 'Show whether guests may use Secure Boot.' \
        pool-ha-compute-hypothetical-max-host-failures-to-tolerate 'Show how many hosts might fail, were VMs protected in another way.' \
        pool-ha-compute-max-host-failures-to-tolerate 'Show how many hosts may fail.' \
        pool-ha-disable 'Turn high availability off.' \
        pool-ha-enable 'Turn high availability on.' \
        pool-initialize-wlb 'Connect the pool to a workload balancing server.' \
        pool-install-ca-certificate 'Install a CA certificate from a file.' \
        pool-install-trusted-certificate 'Trust a certificate, or those that a CA signs.' \
        pool-join 'Bring this host into another pool.' \
        pool-list 'List the objects of class pool; every field=value filters.' \
        pool-management-reconfigure 'Move the management of all hosts to another network.' \
        pool-param-add 'Add to a set or a map of one pool.' \
        pool-param-clear 'Empty a field of one pool.' \
        pool-param-get 'Show one field of one pool.' \
        pool-param-list 'Show all fields of one pool.' \
        pool-param-remove 'Remove from a set or a map of one pool.' \
        pool-param-set 'Set fields of one pool.' \
        pool-recover-slaves 'Ask the hosts that lost their master to follow this one.' \
        pool-reset-telemetry-uuid 'Make a new identity for telemetry.' \
        pool-restore-database 'Put a saved database in place of that of the pool.' \
        pool-retrieve-wlb-configuration 'Show the settings of workload balancing.' \
        pool-retrieve-wlb-diagnostics 'Save the log of workload balancing.' \
        pool-retrieve-wlb-recommendations 'Show where VMs would run better.' \
        pool-retrieve-wlb-report 'Save a report of workload balancing.' \
        pool-secret-rotate 'Make a new secret that the hosts share.' \
        pool-send-test-post 'Send a text to a host and show the answer.' \
        pool-send-wlb-configuration 'Change the settings of workload balancing.' \
        pool-set-update-sync-enabled 'Look for updates regularly, or not.' \
        pool-sync-bundle 'Send a bundle of updates to the pool.' \
        pool-sync-database 'Copy the database to all hosts now.' \
        pool-sync-updates 'Fetch what the update repositories offer.' \
        pool-uninstall-ca-certificate 'Remove a CA certificate from the pool.' \
        pool-uninstall-trusted-certificate 'Remove a trusted certificate.' \
        pool-vlan-create 'Make a VLAN on every host of the pool; with network=NAME-%d many at once, with their networks.' \
        pusb-list 'List the objects of class pusb; every field=value filters.' \
        pusb-param-clear 'Empty a field of one pusb.' \
        pusb-param-get 'Show one field of one pusb.' \
        pusb-param-list 'Show all fields of one pusb.' \
        pusb-param-set 'Set fields of one pusb.' \
        pusb-scan 'Look for USB devices.' \
        pvs-cache-storage-create 'Give a PVS site a cache on a host.' \
        pvs-cache-storage-destroy 'Remove the cache of a PVS site.' \
        pvs-cache-storage-list 'List the objects of class pvs-cache-storage; every field=value filters.' \
        pvs-cache-storage-param-get 'Show one field of one pvs-cache-storage.' \
        pvs-cache-storage-param-list 'Show all fields of one pvs-cache-storage.' \
        pvs-proxy-create 'Cache what a VM reads from a PVS site.' \
        pvs-proxy-destroy 'Stop caching what a VM reads.' \
        pvs-proxy-list 'List the objects of class pvs-proxy; every field=value filters.' \
        pvs-proxy-param-get 'Show one field of one pvs-proxy.' \
        pvs-proxy-param-list 'Show all fields of one pvs-proxy.' \
        pvs-server-forget 'Forget a PVS server.' \
        pvs-server-introduce 'Make the record of a PVS server.' \
        pvs-server-list 'List the objects of class pvs-server; every field=value filters.' \
        pvs-server-param-clear 'Empty a field of one pvs-server.' \
        pvs-server-param-get 'Show one field of one pvs-server.' \
        pvs-server-param-list 'Show all fields of one pvs-server.' \
        pvs-site-forget 'Forget a PVS site.' \
        pvs-site-introduce 'Make the record of a PVS site.' \
        pvs-site-list 'List the objects of class pvs-site; every field=value filters.' \
        pvs-site-param-clear 'Empty a field of one pvs-site.' \
        pvs-site-param-get 'Show one field of one pvs-site.' \
        pvs-site-param-list 'Show all fields of one pvs-site.' \
        pvs-site-param-set 'Set fields of one pvs-site.' \
        rate-limit-add-caller 'Put a caller under a limit.' \
        rate-limit-create 'Limit how often callers may call.' \
        rate-limit-destroy 'Remove a limit.' \
        rate-limit-list 'List the objects of class rate-limit; every field=value filters.' \
        rate-limit-param-clear 'Empty a field of one rate-limit.' \
        rate-limit-param-get 'Show one field of one rate-limit.' \
        rate-limit-param-list 'Show all fields of one rate-limit.' \
        rate-limit-param-set 'Set fields of one rate-limit.' \
        rate-limit-remove-caller 'Take a caller from under a limit.' \
        repository-forget 'Remove a repository of updates.' \
        repository-introduce 'Add a repository of updates.' \
        repository-introduce-bundle 'Add a repository that comes as one file.' \
        repository-introduce-remote-pool 'Take updates from another pool.' \
        repository-list 'List the objects of class repository; every field=value filters.' \
        repository-param-clear 'Empty a field of one repository.' \
        repository-param-get 'Show one field of one repository.' \
        repository-param-list 'Show all fields of one repository.' \
        repository-param-set 'Set fields of one repository.' \
        repository-set-gpgkey-path 'Set the key that signs a repository.' \
        role-list 'List the objects of class role; every field=value filters.' \
        role-param-get 'Show one field of one role.' \
        role-param-list 'Show all fields of one role.' \
        sdn-controller-forget 'Disconnect the pool from an SDN controller.' \
        sdn-controller-introduce 'Connect the pool to an SDN controller.' \
        sdn-controller-list 'List the objects of class sdn-controller; every field=value filters.' \
        sdn-controller-param-get 'Show one field of one sdn-controller.' \
        sdn-controller-param-list 'Show all fields of one sdn-controller.' \
        secret-create 'Keep a secret.' \
        secret-destroy 'Forget a secret.' \
        secret-list 'List the objects of class secret; every field=value filters.' \
        secret-param-clear 'Empty a field of one secret.' \
        secret-param-get 'Show one field of one secret.' \
        secret-param-list 'Show all fields of one secret.' \
        secret-param-set 'Set fields of one secret.' \
        session-subject-identifier-list 'Show which users of the directory are logged in.' \
        session-subject-identifier-logout 'Log a user of the directory out.' \
        session-subject-identifier-logout-all 'Log all users of the directory out.' \
        sm-list 'List the objects of class sm; every field=value filters.' \
        sm-param-clear 'Empty a field of one sm.' \
        sm-param-get 'Show one field of one sm.' \
        sm-param-list 'Show all fields of one sm.' \
        snapshot-clone 'Make a VM of a snapshot.' \
        snapshot-copy 'Make a VM of a snapshot, with all the content of its disks.' \
        snapshot-destroy 'Remove a snapshot\'s record; its disks stay.' \
        snapshot-disk-list 'Show the disks of a snapshot.' \
        snapshot-export-to-template 'Save a snapshot to a file, as a template.' \
        snapshot-list 'List the objects of class snapshot; every field=value filters.' \
        snapshot-param-add 'Add to a set or a map of one snapshot.' \
        snapshot-param-clear 'Empty a field of one snapshot.' \
        snapshot-param-get 'Show one field of one snapshot.' \
        snapshot-param-list 'Show all fields of one snapshot.' \
        snapshot-param-remove 'Remove from a set or a map of one snapshot.' \
        snapshot-param-set 'Set fields of one snapshot.' \
        snapshot-reset-powerstate 'Say that a snapshot is off.' \
        snapshot-revert 'Set a VM back to a snapshot.' \
        snapshot-uninstall 'Remove a snapshot and its disks.' \
        sr-create 'Make a storage repository.' \
        sr-data-source-forget 'Drop what was recorded of a figure.' \
        sr-data-source-list 'Show the figures that an SR can record.' \
        sr-data-source-query 'Show a figure of an SR as it is now.' \
        sr-data-source-record 'Begin to record a figure of an SR.' \
        sr-destroy 'Remove an SR and all its content.' \
        sr-disable-database-replication 'Stop keeping a copy of the database.' \
        sr-enable-database-replication 'Keep a copy of the database on an SR.' \
        sr-forget 'Forget an SR; its content stays.' \
        sr-introduce 'Make the record of an SR that exists.' \
        sr-list 'List the objects of class sr; every field=value filters.' \
        sr-param-add 'Add to a set or a map of one sr.' \
        sr-param-clear 'Empty a field of one sr.' \
        sr-param-get 'Show one field of one sr.' \
        sr-param-list 'Show all fields of one sr.' \
        sr-param-remove 'Remove from a set or a map of one sr.' \
        sr-param-set 'Set fields of one sr.' \
        sr-probe 'Look what storage is there.' \
        sr-probe-ext 'Look what storage is there, in detail.' \
        sr-scan 'Look again what an SR holds.' \
        sr-update 'Read the sizes of an SR again.' \
        subject-add 'Let a user or a group of the directory in.' \
        subject-list 'List the objects of class subject; every field=value filters.' \
        subject-param-clear 'Empty a field of one subject.' \
        subject-param-get 'Show one field of one subject.' \
        subject-param-list 'Show all fields of one subject.' \
        subject-remove 'Let a user or a group in no more.' \
        subject-role-add 'Give a user or a group a role.' \
        subject-role-remove 'Take a role from a user or a group.' \
        task-cancel 'Stop a task.' \
        task-list 'List the objects of class task; every field=value filters.' \
        task-param-add 'Add to a set or a map of one task.' \
        task-param-clear 'Empty a field of one task.' \
        task-param-get 'Show one field of one task.' \
        task-param-list 'Show all fields of one task.' \
        task-param-remove 'Remove from a set or a map of one task.' \
        task-param-set 'Set fields of one task.' \
        template-export 'Save a template to a file.' \
        template-list 'List the objects of class template; every field=value filters.' \
        template-param-add 'Add to a set or a map of one template.' \
        template-param-clear 'Empty a field of one template.' \
        template-param-get 'Show one field of one template.' \
        template-param-list 'Show all fields of one template.' \
        template-param-remove 'Remove from a set or a map of one template.' \
        template-param-set 'Set fields of one template.' \
        template-uninstall 'Remove a template and its disks.' \
        tunnel-create 'Make a tunnel for a network.' \
        tunnel-destroy 'Remove a tunnel.' \
        tunnel-list 'List the objects of class tunnel; every field=value filters.' \
        tunnel-param-add 'Add to a set or a map of one tunnel.' \
        tunnel-param-clear 'Empty a field of one tunnel.' \
        tunnel-param-get 'Show one field of one tunnel.' \
        tunnel-param-list 'Show all fields of one tunnel.' \
        tunnel-param-remove 'Remove from a set or a map of one tunnel.' \
        tunnel-param-set 'Set fields of one tunnel.' \
        update-apply 'Apply an update to hosts.' \
        update-destroy 'Forget an update that no host has.' \
        update-introduce 'Make an update of a disk\'s content.' \
        update-list 'List the objects of class update; every field=value filters.' \
        update-param-clear 'Empty a field of one update.' \
        update-param-get 'Show one field of one update.' \
        update-param-list 'Show all fields of one update.' \
        update-pool-apply 'Apply an update to all hosts.' \
        update-pool-clean 'Remove the files of an update from the pool.' \
        update-precheck 'Check whether an update fits hosts.' \
        update-upload 'Send an update to the pool.' \
        usb-group-list 'List the objects of class usb-group; every field=value filters.' \
        usb-group-param-add 'Add to a set or a map of one usb-group.' \
        usb-group-param-clear 'Empty a field of one usb-group.' \
        usb-group-param-get 'Show one field of one usb-group.' \
        usb-group-param-list 'Show all fields of one usb-group.' \
        usb-group-param-remove 'Remove from a set or a map of one usb-group.' \
        usb-group-param-set 'Set fields of one usb-group.' \
        user-password-change 'Change the password of the user logged in.' \
        vbd-create 'Put a disk or a CD drive into a VM.' \
        vbd-destroy 'Take a disk out of a VM; its content stays.' \
        vbd-eject 'Take the CD out of a drive.' \
        vbd-insert 'Put a CD into a drive.' \
        vbd-list 'List the objects of class vbd; every field=value filters.' \
        vbd-param-add 'Add to a set or a map of one vbd.' \
        vbd-param-clear 'Empty a field of one vbd.' \
        vbd-param-get 'Show one field of one vbd.' \
        vbd-param-list 'Show all fields of one vbd.' \
        vbd-param-remove 'Remove from a set or a map of one vbd.' \
        vbd-param-set 'Set fields of one vbd.' \
        vbd-plug 'Plug a disk into a running VM.' \
        vbd-unplug 'Unplug a disk from a running VM.' \
        vdi-clone 'Copy a disk, sharing its content where the storage can.' \
        vdi-copy 'Copy the content of a disk.' \
        vdi-create 'Make a disk.' \
        vdi-data-destroy 'Remove a snapshot\'s content, keep what changed.' \
        vdi-destroy 'Remove a disk and its content.' \
        vdi-disable-cbt 'Stop tracking changed blocks.' \
        vdi-enable-cbt 'Track which blocks of a disk change.' \
        vdi-export 'Save the content of a disk to a file.' \
        vdi-forget 'Forget a disk; its content stays.' \
        vdi-import 'Fill a disk from a file.' \
        vdi-introduce 'Make the record of a disk that exists.' \
        vdi-list 'List the objects of class vdi; every field=value filters.' \
        vdi-list-changed-blocks 'Show which blocks changed between two snapshots.' \
        vdi-param-add 'Add to a set or a map of one vdi.' \
        vdi-param-clear 'Empty a field of one vdi.' \
        vdi-param-get 'Show one field of one vdi.' \
        vdi-param-list 'Show all fields of one vdi.' \
        vdi-param-remove 'Remove from a set or a map of one vdi.' \
        vdi-param-set 'Set fields of one vdi.' \
        vdi-pool-migrate 'Move the disk of a running VM to another SR.' \
        vdi-resize 'Make a disk larger.' \
        vdi-snapshot 'Keep the state of a disk.' \
        vdi-unlock 'Break the lock of a disk.' \
        vdi-update 'Read what the storage says of a disk again.' \
        vgpu-create 'Give a VM a GPU.' \
        vgpu-destroy 'Take a GPU from a VM.' \
        vgpu-list 'List the objects of class vgpu; every field=value filters.' \
        vgpu-param-add 'Add to a set or a map of one vgpu.' \
        vgpu-param-clear 'Empty a field of one vgpu.' \
        vgpu-param-get 'Show one field of one vgpu.' \
        vgpu-param-list 'Show all fields of one vgpu.' \
        vgpu-param-remove 'Remove from a set or a map of one vgpu.' \
        vgpu-param-set 'Set fields of one vgpu.' \
        vgpu-type-list 'List the objects of class vgpu-type; every field=value filters.' \
        vgpu-type-param-get 'Show one field of one vgpu-type.' \
        vgpu-type-param-list 'Show all fields of one vgpu-type.' \
        vif-configure-ipv4 'Set the guest\'s IPv4 address.' \
        vif-configure-ipv6 'Set the guest\'s IPv6 address.' \
        vif-create 'Put a network interface into a VM.' \
        vif-destroy 'Take a network interface out of a VM.' \
        vif-list 'List the objects of class vif; every field=value filters.' \
        vif-move 'Move a network interface to another network.' \
        vif-param-add 'Add to a set or a map of one vif.' \
        vif-param-clear 'Empty a field of one vif.' \
        vif-param-get 'Show one field of one vif.' \
        vif-param-list 'Show all fields of one vif.' \
        vif-param-remove 'Remove from a set or a map of one vif.' \
        vif-param-set 'Set fields of one vif.' \
        vif-plug 'Plug a network interface into a running VM.' \
        vif-unplug 'Unplug a network interface from a running VM.' \
        vlan-create 'Make a VLAN on a host\'s PIF; with network=NAME-%d many at once, with their networks.' \
        vlan-destroy 'Remove a VLAN, or many from a PIF by their tags.' \
        vlan-list 'List the objects of class vlan; every field=value filters.' \
        vlan-param-get 'Show one field of one vlan.' \
        vlan-param-list 'Show all fields of one vlan.' \
        vm-assert-can-be-recovered 'Check whether a VM of another pool could be taken over.' \
        vm-call-host-plugin 'Call a function of a plugin in a VM\'s host.' \
        vm-call-plugin 'Call a function of a plugin for a VM.' \
        vm-cd-add 'Give a VM a CD drive with a CD in it.' \
        vm-cd-eject 'Take the CD out of a VM\'s drive.' \
        vm-cd-insert 'Put a CD into the empty drive of a VM.' \
        vm-cd-list 'Show the CD drives of VMs.' \
        vm-cd-remove 'Take a CD drive from a VM.' \
        vm-checkpoint 'Keep the state of VMs\' disks and memory.' \
        vm-clone 'Copy VMs, sharing their disks\' content where the storage can.' \
        vm-compute-maximum-memory 'Show how much memory fits into a total.' \
        vm-compute-memory-overhead 'Show how much memory a VM needs beyond its own.' \
        vm-copy 'Copy VMs and all the content of their disks.' \
        vm-copy-bios-strings 'Give a VM the BIOS strings of a host.' \
        vm-crashdump-list 'Show the crash dumps of VMs.' \
        vm-data-source-forget 'Drop what was recorded of a figure.' \
        vm-data-source-list 'Show the figures that a VM can record.' \
        vm-data-source-query 'Show a figure of a VM as it is now.' \
        vm-data-source-record 'Begin to record a figure of a VM.' \
        vm-destroy 'Remove the record of a VM; its disks stay.' \
        vm-disk-add 'Give a VM a new disk.' \
        vm-disk-list 'Show the disks of VMs.' \
        vm-disk-remove 'Remove a disk from a VM, content and all.' \
        vm-export 'Save VMs to files.' \
        vm-get-secureboot-readiness 'Show whether a VM may use Secure Boot.' \
        vm-group-create 'Make a group of VMs that are placed by a rule.' \
        vm-group-destroy 'Remove a group of VMs.' \
        vm-group-list 'List the objects of class vm-group; every field=value filters.' \
        vm-group-param-clear 'Empty a field of one vm-group.' \
        vm-group-param-get 'Show one field of one vm-group.' \
        vm-group-param-list 'Show all fields of one vm-group.' \
        vm-group-param-set 'Set fields of one vm-group.' \
        vm-import 'Make VMs of a file, or of those of another system.' \
        vm-install 'Install a VM from a template.' \
        vm-is-bios-customized 'Show whether a VM has BIOS strings of its own.' \
        vm-list 'List the objects of class vm; every field=value filters.' \
        vm-memory-dynamic-range-set 'Set between which sizes a VM\'s memory may move.' \
        vm-memory-limits-set 'Set all four limits of a VM\'s memory.' \
        vm-memory-set 'Set all four limits of a VM\'s memory to one size.' \
        vm-memory-shadow-multiplier-set 'Give a running VM more shadow memory.' \
        vm-memory-static-range-set 'Set the least and most memory of a VM.' \
        vm-memory-target-set 'Set how much memory a VM should use.' \
        vm-migrate 'Move VMs to another host; with remote-master=, vdi: or vif: to another pool or other storage, disks and all.' \
        vm-param-add 'Add to a set or a map of one vm.' \
        vm-param-clear 'Empty a field of one vm.' \
        vm-param-get 'Show one field of one vm.' \
        vm-param-list 'Show all fields of one vm.' \
        vm-param-remove 'Remove from a set or a map of one vm.' \
        vm-param-set 'Set fields of one vm.' \
        vm-pause 'Halt VMs on the spot, memory kept.' \
        vm-reboot 'Restart VMs; --force cuts the power.' \
        vm-recover 'Take a VM over from the database of another pool.' \
        vm-reset-powerstate 'Say that a VM is off, whatever it seems.' \
        vm-restart-device-models 'Restart the device emulation of a VM.' \
        vm-resume 'Go on with suspended VMs.' \
        vm-retrieve-wlb-recommendations 'Show which hosts suit a VM.' \
        vm-set-uefi-mode 'Put a VM\'s UEFI into setup or user mode.' \
        vm-shutdown 'Shut VMs down; --force cuts the power.' \
        vm-snapshot 'Keep the state of VMs\' disks.' \
        vm-snapshot-with-quiesce 'Keep the state of VMs\' disks, the guest\'s writes finished.' \
        vm-start 'Start VMs.' \
        vm-suspend 'Save VMs to disk and stop them.' \
        vm-sysprep 'Give Windows the answers to its first questions.' \
        vm-uninstall 'Remove VMs and their disks.' \
        vm-unpause 'Go on with paused VMs.' \
        vm-update-secureboot-certificates-on-boot 'Renew a VM\'s Secure Boot certificates at its next start.' \
        vm-vcpu-hotplug 'Change the number of a running VM\'s vCPUs.' \
        vm-vif-list 'Show the network interfaces of VMs.' \
        vmss-create 'Make a schedule of snapshots.' \
        vmss-destroy 'Remove a schedule of snapshots.' \
        vmss-list 'List the objects of class vmss; every field=value filters.' \
        vmss-param-add 'Add to a set or a map of one vmss.' \
        vmss-param-clear 'Empty a field of one vmss.' \
        vmss-param-get 'Show one field of one vmss.' \
        vmss-param-list 'Show all fields of one vmss.' \
        vmss-param-remove 'Remove from a set or a map of one vmss.' \
        vmss-param-set 'Set fields of one vmss.' \
        vtpm-create 'Give a VM a TPM.' \
        vtpm-destroy 'Take a VM\'s TPM, and what is in it.' \
        vtpm-list 'List the objects of class vtpm; every field=value filters.' \
        vtpm-param-clear 'Empty a field of one vtpm.' \
        vtpm-param-get 'Show one field of one vtpm.' \
        vtpm-param-list 'Show all fields of one vtpm.' \
        vusb-create 'Give a VM a USB device.' \
        vusb-destroy 'Take a USB device from a VM.' \
        vusb-list 'List the objects of class vusb; every field=value filters.' \
        vusb-param-add 'Add to a set or a map of one vusb.' \
        vusb-param-clear 'Empty a field of one vusb.' \
        vusb-param-get 'Show one field of one vusb.' \
        vusb-param-list 'Show all fields of one vusb.' \
        vusb-param-remove 'Remove from a set or a map of one vusb.' \
        vusb-param-set 'Set fields of one vusb.' \
        vusb-unplug 'Unplug a USB device from a running VM.'
end

function __xcp_params
    switch $argv[1]
        case appliance-assert-can-be-recovered
            printf '%s\n' 'uuid@appliance' 'database:'
        case appliance-create
            printf '%s\n' 'name-label' 'name-description'
        case appliance-destroy
            printf '%s\n' 'uuid@appliance'
        case appliance-list
            printf '%s\n' 'params%appliance' 'database:' 'uuid@appliance' 'name-label~appliance' 'name-description' 'VMs' 'allowed-operations' 'current-operations'
        case appliance-param-clear
            printf '%s\n' 'uuid@appliance' 'param-name#appliance'
        case appliance-param-get
            printf '%s\n' 'uuid@appliance' 'param-name#appliance' 'param-key' 'database:'
        case appliance-param-list
            printf '%s\n' 'uuid@appliance' 'database:'
        case appliance-param-set
            printf '%s\n' 'uuid@appliance' 'name-label~appliance' 'name-description'
        case appliance-recover
            printf '%s\n' 'uuid@appliance' 'database:' 'force!'
        case appliance-shutdown
            printf '%s\n' 'uuid@appliance' 'force!'
        case appliance-start
            printf '%s\n' 'uuid@appliance' 'paused!'
        case apply
            printf '%s\n' 'f/' 'filename/' 'dry-run!'
        case audit-log-get
            printf '%s\n' 'filename/' 'since'
        case batch
            printf '%s\n' 'f/' 'parallel'
        case bond-create
            printf '%s\n' 'network-uuid@network' 'pif-uuids' 'mac' 'mode|balance-slb,active-backup,lacp' 'properties:'
        case bond-destroy
            printf '%s\n' 'uuid@bond'
        case bond-list
            printf '%s\n' 'params%bond' 'database:' 'uuid@bond' 'master@pif' 'slaves' 'mode|active-backup,balance-slb,lacp' 'properties' 'primary-slave@pif' 'links-up' 'auto-update-mac|true,false'
        case bond-param-clear
            printf '%s\n' 'uuid@bond' 'param-name#bond'
        case bond-param-get
            printf '%s\n' 'uuid@bond' 'param-name#bond' 'param-key' 'database:'
        case bond-param-list
            printf '%s\n' 'uuid@bond' 'database:'
        case bond-param-set
            printf '%s\n' 'uuid@bond' 'properties:bond'
        case bond-set-mode
            printf '%s\n' 'uuid@bond' 'mode|balance-slb,active-backup,lacp'
        case bond-show
            printf '%s\n' 'uuid@bond' 'host~host'
        case caller-create
            printf '%s\n' 'name-label' 'name-description' 'user-agent' 'client-ip'
        case caller-destroy
            printf '%s\n' 'uuid@caller'
        case caller-list
            printf '%s\n' 'params%caller' 'database:' 'uuid@caller' 'name-label~caller' 'name-description' 'user-agent' 'client-ip' 'last-access' 'rate-limit' 'groups'
        case caller-param-add
            printf '%s\n' 'uuid@caller' 'param-name#caller' 'param-key'
        case caller-param-clear
            printf '%s\n' 'uuid@caller' 'param-name#caller'
        case caller-param-get
            printf '%s\n' 'uuid@caller' 'param-name#caller' 'param-key' 'database:'
        case caller-param-list
            printf '%s\n' 'uuid@caller' 'database:'
        case caller-param-remove
            printf '%s\n' 'uuid@caller' 'param-name#caller' 'param-key'
        case caller-param-set
            printf '%s\n' 'uuid@caller' 'name-label~caller' 'name-description'
        case caller-query-usage
            printf '%s\n' 'uuid@caller' 'group'
        case cd-list
            printf '%s\n' 'params'
        case certificate-list
            printf '%s\n' 'params%certificate' 'database:' 'uuid@certificate' 'type' 'name' 'host@host' 'not-before' 'not-after' 'fingerprint' 'fingerprint_sha256' 'fingerprint_sha1' 'purpose'
        case certificate-param-get
            printf '%s\n' 'uuid@certificate' 'param-name#certificate' 'param-key' 'database:'
        case certificate-param-list
            printf '%s\n' 'uuid@certificate' 'database:'
        case cluster-destroy
            printf '%s\n' 'uuid@cluster'
        case cluster-host-destroy
            printf '%s\n' 'uuid@cluster-host'
        case cluster-host-disable
            printf '%s\n' 'uuid@cluster-host'
        case cluster-host-enable
            printf '%s\n' 'uuid@cluster-host'
        case cluster-host-force-destroy
            printf '%s\n' 'uuid@cluster-host'
        case cluster-host-list
            printf '%s\n' 'params%cluster-host' 'database:' 'uuid@cluster-host' 'cluster@cluster' 'PIF@pif' 'host@host' 'enabled|true,false' 'joined|true,false' 'live|true,false' 'last-update-live' 'other-config' 'allowed-operations' 'current-operations'
        case cluster-host-param-clear
            printf '%s\n' 'uuid@cluster-host' 'param-name#cluster-host'
        case cluster-host-param-get
            printf '%s\n' 'uuid@cluster-host' 'param-name#cluster-host' 'param-key' 'database:'
        case cluster-host-param-list
            printf '%s\n' 'uuid@cluster-host' 'database:'
        case cluster-list
            printf '%s\n' 'params%cluster' 'database:' 'uuid@cluster' 'cluster-token' 'cluster-stack' 'cluster-stack-version' 'token-timeout' 'token-timeout-coefficient' 'pool-auto-join|true,false' 'cluster-config' 'other-config' 'is-quorate|true,false' 'quorum' 'live-hosts' 'expected-hosts' 'cluster-hosts' 'allowed-operations' 'current-operations'
        case cluster-param-add
            printf '%s\n' 'uuid@cluster' 'param-name#cluster' 'param-key'
        case cluster-param-clear
            printf '%s\n' 'uuid@cluster' 'param-name#cluster'
        case cluster-param-get
            printf '%s\n' 'uuid@cluster' 'param-name#cluster' 'param-key' 'database:'
        case cluster-param-list
            printf '%s\n' 'uuid@cluster' 'database:'
        case cluster-param-remove
            printf '%s\n' 'uuid@cluster' 'param-name#cluster' 'param-key'
        case cluster-param-set
            printf '%s\n' 'uuid@cluster' 'other-config:cluster'
        case cluster-pool-create
            printf '%s\n' 'network-uuid@network' 'cluster-stack' 'token-timeout' 'token-timeout-coefficient'
        case cluster-pool-destroy
            printf '%s\n' 'cluster-uuid@cluster'
        case cluster-pool-force-destroy
            printf '%s\n' 'cluster-uuid@cluster'
        case cluster-pool-resync
            printf '%s\n' 'cluster-uuid@cluster'
        case completion
            printf '%s\n' 'shell|bash,zsh,fish' 'bash' 'zsh' 'fish' 'install'
        case console
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm'
        case console-list
            printf '%s\n' 'params%console' 'database:' 'uuid@console' 'vm-uuid@vm' 'vm-name-label' 'protocol' 'location' 'other-config'
        case console-param-add
            printf '%s\n' 'uuid@console' 'param-name#console' 'param-key'
        case console-param-clear
            printf '%s\n' 'uuid@console' 'param-name#console'
        case console-param-get
            printf '%s\n' 'uuid@console' 'param-name#console' 'param-key' 'database:'
        case console-param-list
            printf '%s\n' 'uuid@console' 'database:'
        case console-param-remove
            printf '%s\n' 'uuid@console' 'param-name#console' 'param-key'
        case console-param-set
            printf '%s\n' 'uuid@console' 'other-config:console'
        case diagnostic-compact
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case diagnostic-gc-stats
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case diagnostic-net-stats
            printf '%s\n' 'uri' 'method' 'params' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case diagnostic-vdi-status
            printf '%s\n' 'uuid@vdi'
        case diagnostic-vm-status
            printf '%s\n' 'uuid@vm'
        case drtask-create
            printf '%s\n' 'type' 'device-config:' 'sr-whitelist'
        case drtask-destroy
            printf '%s\n' 'uuid@drtask'
        case drtask-list
            printf '%s\n' 'params%drtask' 'database:' 'uuid@drtask' 'introduced-SRs'
        case drtask-param-get
            printf '%s\n' 'uuid@drtask' 'param-name#drtask' 'param-key' 'database:'
        case drtask-param-list
            printf '%s\n' 'uuid@drtask' 'database:'
        case event-wait
            printf '%s\n' 'class'
        case feature-list
            printf '%s\n' 'params%feature' 'database:' 'uuid@feature' 'name-label~feature' 'name-description' 'enabled|true,false' 'experimental|true,false' 'version' 'host-uuid@host'
        case feature-param-get
            printf '%s\n' 'uuid@feature' 'param-name#feature' 'param-key' 'database:'
        case feature-param-list
            printf '%s\n' 'uuid@feature' 'database:'
        case gpu-group-create
            printf '%s\n' 'name-label' 'name-description'
        case gpu-group-destroy
            printf '%s\n' 'uuid@gpu-group' ''
        case gpu-group-get-remaining-capacity
            printf '%s\n' 'uuid@gpu-group' 'vgpu-type-uuid@vgpu-type'
        case gpu-group-list
            printf '%s\n' 'params%gpu-group' 'database:' 'uuid@gpu-group' 'name-label~gpu-group' 'name-description' 'other-config' 'enabled-VGPU-types' 'supported-VGPU-types' 'allocation-algorithm|breadth-first,depth-first' 'VGPU-uuids' 'PGPU-uuids'
        case gpu-group-param-add
            printf '%s\n' 'uuid@gpu-group' 'param-name#gpu-group' 'param-key'
        case gpu-group-param-clear
            printf '%s\n' 'uuid@gpu-group' 'param-name#gpu-group'
        case gpu-group-param-get
            printf '%s\n' 'uuid@gpu-group' 'param-name#gpu-group' 'param-key' 'database:'
        case gpu-group-param-list
            printf '%s\n' 'uuid@gpu-group' 'database:'
        case gpu-group-param-remove
            printf '%s\n' 'uuid@gpu-group' 'param-name#gpu-group' 'param-key'
        case gpu-group-param-set
            printf '%s\n' 'uuid@gpu-group' 'name-label~gpu-group' 'name-description' 'allocation-algorithm|breadth-first,depth-first' 'other-config:gpu-group'
        case host-apply-edition
            printf '%s\n' 'edition' 'host-uuid@host' 'license-server-address' 'license-server-port'
        case host-apply-updates
            printf '%s\n' 'hash' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-backup
            printf '%s\n' 'file-name/' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-bugreport-upload
            printf '%s\n' 'url' 'http_proxy' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-call-plugin
            printf '%s\n' 'host-uuid@host' 'plugin' 'fn' 'args:'
        case host-compute-free-memory
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-compute-memory-overhead
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-cpu-info
            printf '%s\n' 'uuid@host'
        case host-cpu-list
            printf '%s\n' 'params%host-cpu' 'database:' 'uuid@host-cpu' 'host-uuid@host' 'number' 'vendor' 'speed' 'model' 'family' 'modelname' 'stepping' 'flags' 'utilisation'
        case host-cpu-param-get
            printf '%s\n' 'uuid@host-cpu' 'param-name#host-cpu' 'param-key' 'database:'
        case host-cpu-param-list
            printf '%s\n' 'uuid@host-cpu' 'database:'
        case host-cpu-tune
            printf '%s\n' 'host~host' 'show!' 'advise!' 'reset!' 'set!' 'nopin!' 'xpin!' 'force!' 'dry-run!'
        case host-crashdump-destroy
            printf '%s\n' 'uuid@host-crashdump'
        case host-crashdump-list
            printf '%s\n' 'params%host-crashdump' 'database:' 'uuid@host-crashdump' 'host-uuid@host' 'timestamp' 'size'
        case host-crashdump-param-get
            printf '%s\n' 'uuid@host-crashdump' 'param-name#host-crashdump' 'param-key' 'database:'
        case host-crashdump-param-list
            printf '%s\n' 'uuid@host-crashdump' 'database:'
        case host-crashdump-upload
            printf '%s\n' 'uuid@host-crashdump' 'url' 'http_proxy'
        case host-data-source-forget
            printf '%s\n' 'data-source' 'host~host' 'uuid@host' 'name-label~host'
        case host-data-source-list
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host'
        case host-data-source-query
            printf '%s\n' 'data-source' 'host~host' 'uuid@host' 'name-label~host'
        case host-data-source-record
            printf '%s\n' 'data-source' 'host~host' 'uuid@host' 'name-label~host'
        case host-declare-dead
            printf '%s\n' 'uuid@host'
        case host-disable
            printf '%s\n' 'auto-enable!' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-disable-display
            printf '%s\n' 'uuid@host'
        case host-disable-local-storage-caching
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-disable-ssh
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-dmesg
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-domain-list
            printf '%s\n' 'host~host'
        case host-emergency-ha-disable
            printf '%s\n' 'force!' 'soft!'
        case host-emergency-management-reconfigure
            printf '%s\n' 'interface'
        case host-enable
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-enable-display
            printf '%s\n' 'uuid@host'
        case host-enable-local-storage-caching
            printf '%s\n' 'sr-uuid@sr' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-enable-ssh
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-evacuate
            printf '%s\n' 'network-uuid@network' 'batch-size' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-forget
            printf '%s\n' 'uuid@host'
        case host-get-cpu-features
            printf '%s\n' 'uuid@host'
        case host-get-server-certificate
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-get-sm-diagnostics
            printf '%s\n' 'uuid@host'
        case host-get-system-status
            printf '%s\n' 'filename/' 'entries' 'output|tar.bz2,tar,zip' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-get-system-status-capabilities
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-get-thread-diagnostics
            printf '%s\n' 'uuid@host'
        case host-get-vms-which-prevent-evacuation
            printf '%s\n' 'uuid@host'
        case host-license-add
            printf '%s\n' 'license-file/' 'host-uuid@host'
        case host-license-remove
            printf '%s\n' 'host-uuid@host'
        case host-license-view
            printf '%s\n' 'host-uuid@host'
        case host-list
            printf '%s\n' 'params%host' 'database:' 'uuid@host' 'name-label~host' 'name-description' 'enabled|true,false' 'display' 'API-version-major' 'API-version-minor' 'API-version-vendor' 'API-version-vendor-implementation' 'logging' 'suspend-image-sr-uuid@sr' 'crash-dump-sr-uuid@sr' 'software-version' 'other-config' 'cpu_info' 'chipset-info' 'hostname' 'address' 'https-only|true,false' 'blobs' 'memory-overhead' 'memory-total' 'memory-free' 'memory-free-computed' 'host-metrics-live|true,false' 'ha-statefiles' 'ha-network-peers' 'external-auth-type' 'external-auth-service-name' 'external-auth-configuration' 'edition' 'license-server' 'power-on-mode' 'power-on-config' 'local-cache-sr@sr' 'ssl-legacy|true,false' 'guest_VCPUs_params' 'control-domain-uuid@vm' 'iscsi_iqn' 'multipathing|true,false' 'numa-affinity-policy|any,best_effort,default_policy' 'pending-guidances' 'tls-verification-enabled|true,false' 'last-software-update' 'latest-synced-updates-applied' 'pending-guidances-recommended' 'pending-guidances-full' 'last-update-hash' 'ssh-enabled|true,false' 'ssh-enabled-timeout' 'ssh-expiry' 'console-idle-timeout' 'ssh-auto-mode|true,false' 'max-cstate' 'secure-boot|true,false' 'ntp-mode|DHCP,Custom,Factory,Disabled' 'timezone' 'allowed-operations' 'current-operations' 'capabilities' 'supported-bootloaders' 'patches' 'updates' 'tags' 'virtual-hardware-platform-versions' 'resident-vms' 'updates-requiring-reboot' 'features' 'ntp-custom-servers'
        case host-logs-download
            printf '%s\n' 'file-name/' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-management-reconfigure
            printf '%s\n' 'pif-uuid@pif'
        case host-network-reset
            printf '%s\n' 'device' 'mode|dhcp,static,none' 'ip' 'netmask' 'gateway' 'dns' 'mode-v6|none,autoconf,dhcp,static' 'ipv6' 'gateway-v6' 'vlan' 'novlan!' 'master' 'state-dir' 'yes!' 'keep-interface-name-rules!'
        case host-param-add
            printf '%s\n' 'uuid@host' 'param-name#host' 'param-key'
        case host-param-clear
            printf '%s\n' 'uuid@host' 'param-name#host'
        case host-param-get
            printf '%s\n' 'uuid@host' 'param-name#host' 'param-key' 'database:'
        case host-param-list
            printf '%s\n' 'uuid@host' 'database:'
        case host-param-remove
            printf '%s\n' 'uuid@host' 'param-name#host' 'param-key'
        case host-param-set
            printf '%s\n' 'uuid@host' 'name-label~host' 'name-description' 'suspend-image-sr-uuid@sr' 'crash-dump-sr-uuid@sr' 'https-only|true,false' 'ssl-legacy|true,false' 'iscsi_iqn' 'multipathing|true,false' 'numa-affinity-policy|any,best_effort,default_policy' 'ssh-enabled-timeout' 'console-idle-timeout' 'ssh-auto-mode|true,false' 'max-cstate' 'ntp-mode|DHCP,Custom,Factory,Disabled' 'ntp-custom-servers' 'timezone' 'logging:host' 'other-config:host' 'guest_VCPUs_params:host'
        case host-power-on
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-reboot
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-refresh-server-certificate
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-reset-server-certificate
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-restore
            printf '%s\n' 'file-name/' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-send-debug-keys
            printf '%s\n' 'host-uuid@host' 'keys'
        case host-server-certificate-install
            printf '%s\n' 'certificate/' 'private-key/' 'certificate-chain/' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-set-hostname-live
            printf '%s\n' 'host-uuid@host' 'host-name' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-set-power-on-mode
            printf '%s\n' 'power-on-mode' 'power-on-config:' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-shutdown
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-sm-dp-destroy
            printf '%s\n' 'uuid@host' 'dp' 'allow-leak'
        case host-sync-data
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case host-syslog-reconfigure
            printf '%s\n' 'host-uuid@host'
        case hostdriver-deselect
            printf '%s\n' 'uuid@hostdriver' 'force!'
        case hostdriver-list
            printf '%s\n' 'params%hostdriver' 'database:' 'uuid@hostdriver' 'name' 'type' 'description' 'info' 'host-uuid@host' 'active-variant' 'selected-variant' 'variants' 'variants-dev-status' 'variants-uuid' 'variants-hw-present'
        case hostdriver-param-get
            printf '%s\n' 'uuid@hostdriver' 'param-name#hostdriver' 'param-key' 'database:'
        case hostdriver-param-list
            printf '%s\n' 'uuid@hostdriver' 'database:'
        case hostdriver-rescan
            printf '%s\n' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case hostdriver-select
            printf '%s\n' 'uuid@hostdriver' 'variant-name'
        case hostdriver-variant-list
            printf '%s\n' 'params%hostdriver-variant' 'database:' 'uuid@hostdriver-variant' 'name' 'version' 'status' 'priority' 'active' 'selected' 'driver-uuid@hostdriver' 'driver-name' 'host-uuid@host' 'hw-present|true,false'
        case hostdriver-variant-param-get
            printf '%s\n' 'uuid@hostdriver-variant' 'param-name#hostdriver-variant' 'param-key' 'database:'
        case hostdriver-variant-param-list
            printf '%s\n' 'uuid@hostdriver-variant' 'database:'
        case hostdriver-variant-select
            printf '%s\n' 'uuid@hostdriver-variant'
        case logout
            printf '%s\n' 'all!'
        case lvhd-enable-thin-provisioning
            printf '%s\n' 'sr-uuid@sr' 'initial-allocation' 'allocation-quantum' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case message-create
            printf '%s\n' 'name' 'priority' 'body' 'vm-uuid@vm' 'host-uuid@host' 'sr-uuid@sr' 'pool-uuid@pool'
        case message-destroy
            printf '%s\n' 'uuid@message' 'uuids'
        case message-destroy-all
            printf '%s\n' 'before' 'after' 'priority'
        case message-list
            printf '%s\n' 'params%message' 'database:' 'uuid@message' 'name' 'priority' 'class' 'obj-uuid' 'timestamp' 'body'
        case message-param-get
            printf '%s\n' 'uuid@message' 'param-name#message' 'param-key' 'database:'
        case message-param-list
            printf '%s\n' 'uuid@message' 'database:'
        case network-create
            printf '%s\n' 'name-label' 'name-description' 'MTU' 'bridge' 'managed!'
        case network-destroy
            printf '%s\n' 'uuid@network'
        case network-list
            printf '%s\n' 'params%network' 'database:' 'uuid@network' 'name-label~network' 'name-description' 'MTU' 'bridge' 'managed|true,false' 'other-config' 'blobs' 'default-locking-mode|unlocked,disabled' 'VIF-uuids' 'PIF-uuids' 'tags' 'purpose|nbd,insecure_nbd'
        case network-param-add
            printf '%s\n' 'uuid@network' 'param-name#network' 'param-key'
        case network-param-clear
            printf '%s\n' 'uuid@network' 'param-name#network'
        case network-param-get
            printf '%s\n' 'uuid@network' 'param-name#network' 'param-key' 'database:'
        case network-param-list
            printf '%s\n' 'uuid@network' 'database:'
        case network-param-remove
            printf '%s\n' 'uuid@network' 'param-name#network' 'param-key'
        case network-param-set
            printf '%s\n' 'uuid@network' 'name-label~network' 'name-description' 'MTU' 'default-locking-mode|unlocked,disabled' 'other-config:network'
        case network-show
            printf '%s\n' 'host~host' 'all!'
        case network-sriov-create
            printf '%s\n' 'pif-uuid@pif' 'network-uuid@network'
        case network-sriov-destroy
            printf '%s\n' 'uuid@network-sriov'
        case network-sriov-list
            printf '%s\n' 'params%network-sriov' 'database:' 'uuid@network-sriov' 'physical-PIF@pif' 'logical-PIF@pif' 'requires-reboot|true,false' 'remaining-capacity'
        case network-sriov-param-get
            printf '%s\n' 'uuid@network-sriov' 'param-name#network-sriov' 'param-key' 'database:'
        case network-sriov-param-list
            printf '%s\n' 'uuid@network-sriov' 'database:'
        case observer-create
            printf '%s\n' 'name-label' 'host-uuids' 'name-description' 'enabled!' 'attributes' 'endpoints' 'components'
        case observer-destroy
            printf '%s\n' 'uuid@observer'
        case observer-list
            printf '%s\n' 'params%observer' 'database:' 'uuid@observer' 'name-label~observer' 'name-description' 'attributes' 'enabled|true,false' 'host-uuids' 'endpoints' 'components'
        case observer-param-add
            printf '%s\n' 'uuid@observer' 'param-name#observer' 'param-key'
        case observer-param-clear
            printf '%s\n' 'uuid@observer' 'param-name#observer'
        case observer-param-get
            printf '%s\n' 'uuid@observer' 'param-name#observer' 'param-key' 'database:'
        case observer-param-list
            printf '%s\n' 'uuid@observer' 'database:'
        case observer-param-remove
            printf '%s\n' 'uuid@observer' 'param-name#observer' 'param-key'
        case observer-param-set
            printf '%s\n' 'uuid@observer' 'host-uuids' 'endpoints' 'components' 'enabled|true,false' 'attributes:observer'
        case patch-apply
            printf '%s\n' 'uuid@patch' 'host-uuid@host'
        case patch-clean
            printf '%s\n' 'uuid@patch'
        case patch-destroy
            printf '%s\n' 'uuid@patch'
        case patch-list
            printf '%s\n' 'params%patch' 'database:' 'uuid@patch' 'name-label~patch' 'name-description' 'size' 'update@update' 'hosts' 'after-apply-guidance'
        case patch-param-clear
            printf '%s\n' 'uuid@patch' 'param-name#patch'
        case patch-param-get
            printf '%s\n' 'uuid@patch' 'param-name#patch' 'param-key' 'database:'
        case patch-param-list
            printf '%s\n' 'uuid@patch' 'database:'
        case patch-pool-apply
            printf '%s\n' 'uuid@patch'
        case patch-pool-clean
            printf '%s\n' 'uuid@patch'
        case patch-precheck
            printf '%s\n' 'uuid@patch' 'host-uuid@host'
        case patch-upload
            printf '%s\n' 'file-name/'
        case pbd-create
            printf '%s\n' 'host-uuid@host' 'sr-uuid@sr' 'device-config:'
        case pbd-destroy
            printf '%s\n' 'uuid@pbd'
        case pbd-list
            printf '%s\n' 'params%pbd' 'database:' 'uuid@pbd' 'host@host' 'host-uuid@host' 'host-name-label' 'sr-uuid@sr' 'sr-name-label' 'device-config' 'currently-attached|true,false' 'other-config'
        case pbd-param-add
            printf '%s\n' 'uuid@pbd' 'param-name#pbd' 'param-key'
        case pbd-param-clear
            printf '%s\n' 'uuid@pbd' 'param-name#pbd'
        case pbd-param-get
            printf '%s\n' 'uuid@pbd' 'param-name#pbd' 'param-key' 'database:'
        case pbd-param-list
            printf '%s\n' 'uuid@pbd' 'database:'
        case pbd-param-remove
            printf '%s\n' 'uuid@pbd' 'param-name#pbd' 'param-key'
        case pbd-param-set
            printf '%s\n' 'uuid@pbd' 'other-config:pbd'
        case pbd-plug
            printf '%s\n' 'uuid@pbd'
        case pbd-unplug
            printf '%s\n' 'uuid@pbd'
        case pci-disable-dom0-access
            printf '%s\n' 'uuid@pci'
        case pci-enable-dom0-access
            printf '%s\n' 'uuid@pci'
        case pci-get-dom0-access-status
            printf '%s\n' 'uuid@pci'
        case pci-list
            printf '%s\n' 'params%pci' 'database:' 'uuid@pci' 'vendor-name' 'device-name' 'driver-name' 'host-uuid@host' 'host-name-label' 'pci-id' 'other-config' 'dependencies'
        case pci-param-add
            printf '%s\n' 'uuid@pci' 'param-name#pci' 'param-key'
        case pci-param-clear
            printf '%s\n' 'uuid@pci' 'param-name#pci'
        case pci-param-get
            printf '%s\n' 'uuid@pci' 'param-name#pci' 'param-key' 'database:'
        case pci-param-list
            printf '%s\n' 'uuid@pci' 'database:'
        case pci-param-remove
            printf '%s\n' 'uuid@pci' 'param-name#pci' 'param-key'
        case pci-param-set
            printf '%s\n' 'uuid@pci' 'other-config:pci'
        case pgpu-disable-dom0-access
            printf '%s\n' 'uuid@pgpu'
        case pgpu-enable-dom0-access
            printf '%s\n' 'uuid@pgpu'
        case pgpu-list
            printf '%s\n' 'params%pgpu' 'database:' 'uuid@pgpu' 'pci-uuid' 'vendor-name' 'device-name' 'dom0-access' 'is-system-display-device|true,false' 'gpu-group-uuid@gpu-group' 'gpu-group-name-label' 'host-uuid@host' 'host-name-label' 'pci-id' 'other-config' 'supported-VGPU-types' 'resident-VGPUs' 'dependencies' 'enabled-VGPU-types'
        case pgpu-param-add
            printf '%s\n' 'uuid@pgpu' 'param-name#pgpu' 'param-key'
        case pgpu-param-clear
            printf '%s\n' 'uuid@pgpu' 'param-name#pgpu'
        case pgpu-param-get
            printf '%s\n' 'uuid@pgpu' 'param-name#pgpu' 'param-key' 'database:'
        case pgpu-param-list
            printf '%s\n' 'uuid@pgpu' 'database:'
        case pgpu-param-remove
            printf '%s\n' 'uuid@pgpu' 'param-name#pgpu' 'param-key'
        case pgpu-param-set
            printf '%s\n' 'uuid@pgpu' 'gpu-group-uuid@gpu-group' 'enabled-VGPU-types' 'other-config:pgpu'
        case pif-forget
            printf '%s\n' 'uuid@pif'
        case pif-introduce
            printf '%s\n' 'host-uuid@host' 'device' 'mac' 'managed!'
        case pif-list
            printf '%s\n' 'params%pif' 'database:' 'uuid@pif' 'device' 'MAC' 'physical|true,false' 'managed|true,false' 'currently-attached|true,false' 'MTU' 'VLAN' 'vlan-master-of@vlan' 'vlan-slave-of' 'bond-master-of' 'bond-slave-of@bond' 'sriov-physical-PIF-of' 'sriov-logical-PIF-of' 'tunnel-access-PIF-of' 'tunnel-transport-PIF-of' 'management|true,false' 'network-uuid@network' 'network-name-label' 'host-uuid@host' 'host-name-label' 'IP-configuration-mode' 'IP' 'netmask' 'gateway' 'IPv6-configuration-mode' 'IPv6' 'IPv6-gateway' 'primary-address-type' 'DNS' 'properties' 'io_read_kbs' 'io_write_kbs' 'carrier|true,false' 'vendor-id' 'vendor-name' 'device-id' 'device-name' 'speed' 'duplex' 'disallow-unplug|true,false' 'pci-bus-path' 'other-config' 'igmp-snooping-status' 'capabilities'
        case pif-param-add
            printf '%s\n' 'uuid@pif' 'param-name#pif' 'param-key'
        case pif-param-clear
            printf '%s\n' 'uuid@pif' 'param-name#pif'
        case pif-param-get
            printf '%s\n' 'uuid@pif' 'param-name#pif' 'param-key' 'database:'
        case pif-param-list
            printf '%s\n' 'uuid@pif' 'database:'
        case pif-param-remove
            printf '%s\n' 'uuid@pif' 'param-name#pif' 'param-key'
        case pif-param-set
            printf '%s\n' 'uuid@pif' 'disallow-unplug|true,false' 'properties:pif' 'other-config:pif'
        case pif-plug
            printf '%s\n' 'uuid@pif'
        case pif-reconfigure-ip
            printf '%s\n' 'uuid@pif' 'mode|None,DHCP,Static' 'IP' 'netmask' 'gateway' 'DNS'
        case pif-reconfigure-ipv6
            printf '%s\n' 'uuid@pif' 'mode|None,DHCP,Static,Autoconf' 'IPv6' 'gateway' 'DNS'
        case pif-scan
            printf '%s\n' 'host-uuid@host'
        case pif-set-primary-address-type
            printf '%s\n' 'uuid@pif' 'primary_address_type|IPv4,IPv6'
        case pif-unplug
            printf '%s\n' 'uuid@pif'
        case pool-apply-edition
            printf '%s\n' 'edition' 'uuid@pool' 'license-server-address' 'license-server-port'
        case pool-certificate-install
            printf '%s\n' 'filename/'
        case pool-certificate-uninstall
            printf '%s\n' 'name'
        case pool-configure-repository-proxy
            printf '%s\n' 'proxy-url' 'proxy-username' 'proxy-password'
        case pool-configure-update-sync
            printf '%s\n' 'update-sync-frequency|daily,weekly' 'update-sync-day'
        case pool-crl-install
            printf '%s\n' 'filename/'
        case pool-crl-uninstall
            printf '%s\n' 'name'
        case pool-designate-new-master
            printf '%s\n' 'host-uuid@host'
        case pool-disable-external-auth
            printf '%s\n' 'uuid@pool' 'config:'
        case pool-disable-local-storage-caching
            printf '%s\n' 'uuid@pool'
        case pool-disable-ssl-legacy
            printf '%s\n' 'uuid@pool'
        case pool-dump-database
            printf '%s\n' 'file-name/'
        case pool-eject
            printf '%s\n' 'host-uuid@host'
        case pool-emergency-reset-master
            printf '%s\n' 'master-address'
        case pool-emergency-transition-to-master
            printf '%s\n' 'force!'
        case pool-enable-client-certificate-auth
            printf '%s\n' 'name'
        case pool-enable-external-auth
            printf '%s\n' 'auth-type' 'service-name' 'uuid@pool' 'config:'
        case pool-enable-local-storage-caching
            printf '%s\n' 'uuid@pool'
        case pool-enable-redo-log
            printf '%s\n' 'sr-uuid@sr'
        case pool-external-auth-set-ldaps
            printf '%s\n' 'ldaps!' 'uuid@pool' 'force!'
        case pool-ha-compute-hypothetical-max-host-failures-to-tolerate
            printf '%s\n' 'vm-uuid@vm' 'restart-priority'
        case pool-ha-enable
            printf '%s\n' 'heartbeat-sr-uuids@sr' 'ha-config:'
        case pool-initialize-wlb
            printf '%s\n' 'wlb_url' 'wlb_username' 'wlb_password' 'xenserver_username' 'xenserver_password'
        case pool-install-ca-certificate
            printf '%s\n' 'filename/'
        case pool-install-trusted-certificate
            printf '%s\n' 'filename/' 'ca!' 'uuid@pool' 'purpose|licensing,ldaps'
        case pool-join
            printf '%s\n' 'master-address' 'master-username' 'master-password' 'force!'
        case pool-list
            printf '%s\n' 'params%pool' 'database:' 'uuid@pool' 'name-label~pool' 'name-description' 'master@host' 'default-SR@sr' 'crash-dump-SR@sr' 'suspend-image-SR@sr' 'supported-sr-types' 'other-config' 'ha-enabled|true,false' 'ha-configuration' 'ha-statefiles' 'ha-host-failures-to-tolerate' 'ha-plan-exists-for' 'ha-allow-overcommit|true,false' 'ha-overcommitted|true,false' 'ha-reboot-vm-on-internal-shutdown|true,false' 'blobs' 'wlb-url' 'wlb-username' 'wlb-enabled|true,false' 'wlb-verify-cert|true,false' 'igmp-snooping-enabled|true,false' 'gui-config' 'health-check-config' 'restrictions' 'license-state' 'ha-cluster-stack' 'guest-agent-config' 'cpu_info' 'policy-no-vendor-device|true,false' 'live-patching-disabled|true,false' 'tls-verification-enabled|true,false' 'client-certificate-auth-enabled|true,false' 'client-certificate-auth-name' 'repository-proxy-url' 'repository-proxy-username' 'https-only' 'migration-compression|true,false' 'coordinator-bias|true,false' 'telemetry-frequency' 'telemetry-next-collection' 'last-update-sync' 'update-sync-frequency' 'update-sync-day' 'update-sync-enabled|true,false' 'auto-update-vm-secureboot-certificates|true,false' 'recommendations' 'ext-auth-cache-enabled|true,false' 'ext-auth-cache-size' 'ext-auth-cache-expiry' 'license-server' 'ssh-enabled' 'ssh-enabled-timeout' 'ssh-expiry' 'console-idle-timeout' 'ssh-auto-mode' 'limit-console-sessions|true,false' 'vm-console-idle-timeout' 'allowed-operations' 'current-operations' 'tags' 'repositories'
        case pool-management-reconfigure
            printf '%s\n' 'network-uuid@network'
        case pool-param-add
            printf '%s\n' 'uuid@pool' 'param-name#pool' 'param-key'
        case pool-param-clear
            printf '%s\n' 'uuid@pool' 'param-name#pool'
        case pool-param-get
            printf '%s\n' 'uuid@pool' 'param-name#pool' 'param-key' 'database:'
        case pool-param-list
            printf '%s\n' 'uuid@pool' 'database:'
        case pool-param-remove
            printf '%s\n' 'uuid@pool' 'param-name#pool' 'param-key'
        case pool-param-set
            printf '%s\n' 'uuid@pool' 'name-label~pool' 'name-description' 'default-SR@sr' 'crash-dump-SR@sr' 'suspend-image-SR@sr' 'ha-host-failures-to-tolerate' 'ha-allow-overcommit|true,false' 'ha-reboot-vm-on-internal-shutdown|true,false' 'wlb-enabled|true,false' 'wlb-verify-cert|true,false' 'igmp-snooping-enabled|true,false' 'policy-no-vendor-device|true,false' 'live-patching-disabled|true,false' 'repositories' 'https-only' 'migration-compression|true,false' 'coordinator-bias|true,false' 'auto-update-vm-secureboot-certificates|true,false' 'ext-auth-cache-enabled|true,false' 'ext-auth-cache-size' 'ext-auth-cache-expiry' 'ssh-enabled-timeout' 'console-idle-timeout' 'ssh-auto-mode' 'limit-console-sessions|true,false' 'vm-console-idle-timeout' 'other-config:pool' 'gui-config:pool' 'health-check-config:pool' 'guest-agent-config:pool' 'license-server:pool'
        case pool-restore-database
            printf '%s\n' 'file-name/' 'dry-run!'
        case pool-retrieve-wlb-diagnostics
            printf '%s\n' 'filename/'
        case pool-retrieve-wlb-report
            printf '%s\n' 'report' 'filename/'
        case pool-send-test-post
            printf '%s\n' 'dest-host' 'dest-port' 'body'
        case pool-send-wlb-configuration
            printf '%s\n' 'config:'
        case pool-set-update-sync-enabled
            printf '%s\n' 'value!'
        case pool-sync-bundle
            printf '%s\n' 'filename/'
        case pool-sync-updates
            printf '%s\n' 'force!' 'token' 'token-id' 'username' 'password'
        case pool-uninstall-ca-certificate
            printf '%s\n' 'name' 'force!'
        case pool-uninstall-trusted-certificate
            printf '%s\n' 'certificate-uuid@certificate' 'uuid@pool'
        case pool-vlan-create
            printf '%s\n' 'pif-uuid@pif' 'vlan' 'network-uuid@network' 'network' 'if-missing!'
        case pusb-list
            printf '%s\n' 'params%pusb' 'database:' 'uuid@pusb' 'usb-group-uuid@usb-group' 'host-uuid@host' 'host-name-label' 'path' 'vendor-id' 'vendor-desc' 'product-id' 'product-desc' 'serial' 'version' 'description' 'speed' 'passthrough-enabled|true,false'
        case pusb-param-clear
            printf '%s\n' 'uuid@pusb' 'param-name#pusb'
        case pusb-param-get
            printf '%s\n' 'uuid@pusb' 'param-name#pusb' 'param-key' 'database:'
        case pusb-param-list
            printf '%s\n' 'uuid@pusb' 'database:'
        case pusb-param-set
            printf '%s\n' 'uuid@pusb' 'passthrough-enabled|true,false'
        case pusb-scan
            printf '%s\n' 'host-uuid@host'
        case pvs-cache-storage-create
            printf '%s\n' 'sr-uuid@sr' 'pvs-site-uuid@pvs-site' 'size' 'host~host' 'uuid@host' 'name-label~host' 'multiple!'
        case pvs-cache-storage-destroy
            printf '%s\n' 'uuid@pvs-cache-storage'
        case pvs-cache-storage-list
            printf '%s\n' 'params%pvs-cache-storage' 'database:' 'uuid@pvs-cache-storage' 'host-uuid@host' 'sr-uuid@sr' 'pvs-site-uuid@pvs-site' 'size' 'vdi-uuid@vdi'
        case pvs-cache-storage-param-get
            printf '%s\n' 'uuid@pvs-cache-storage' 'param-name#pvs-cache-storage' 'param-key' 'database:'
        case pvs-cache-storage-param-list
            printf '%s\n' 'uuid@pvs-cache-storage' 'database:'
        case pvs-proxy-create
            printf '%s\n' 'pvs-site-uuid@pvs-site' 'vif-uuid@vif'
        case pvs-proxy-destroy
            printf '%s\n' 'uuid@pvs-proxy'
        case pvs-proxy-list
            printf '%s\n' 'params%pvs-proxy' 'database:' 'uuid@pvs-proxy' 'pvs-site-uuid@pvs-site' 'vif-uuid@vif' 'currently-attached|true,false' 'status'
        case pvs-proxy-param-get
            printf '%s\n' 'uuid@pvs-proxy' 'param-name#pvs-proxy' 'param-key' 'database:'
        case pvs-proxy-param-list
            printf '%s\n' 'uuid@pvs-proxy' 'database:'
        case pvs-server-forget
            printf '%s\n' 'uuid@pvs-server'
        case pvs-server-introduce
            printf '%s\n' 'addresses' 'first-port' 'last-port' 'pvs-site-uuid@pvs-site'
        case pvs-server-list
            printf '%s\n' 'params%pvs-server' 'database:' 'uuid@pvs-server' 'first-port' 'last-port' 'pvs-site-uuid@pvs-site' 'addresses'
        case pvs-server-param-clear
            printf '%s\n' 'uuid@pvs-server' 'param-name#pvs-server'
        case pvs-server-param-get
            printf '%s\n' 'uuid@pvs-server' 'param-name#pvs-server' 'param-key' 'database:'
        case pvs-server-param-list
            printf '%s\n' 'uuid@pvs-server' 'database:'
        case pvs-site-forget
            printf '%s\n' 'uuid@pvs-site'
        case pvs-site-introduce
            printf '%s\n' 'name-label' 'name-description' 'pvs-uuid'
        case pvs-site-list
            printf '%s\n' 'params%pvs-site' 'database:' 'uuid@pvs-site' 'name-label~pvs-site' 'name-description' 'pvs-uuid' 'pvs-cache-storage-uuids' 'pvs-server-uuids' 'pvs-proxy-uuids'
        case pvs-site-param-clear
            printf '%s\n' 'uuid@pvs-site' 'param-name#pvs-site'
        case pvs-site-param-get
            printf '%s\n' 'uuid@pvs-site' 'param-name#pvs-site' 'param-key' 'database:'
        case pvs-site-param-list
            printf '%s\n' 'uuid@pvs-site' 'database:'
        case pvs-site-param-set
            printf '%s\n' 'uuid@pvs-site' 'name-label~pvs-site' 'name-description' 'pvs-uuid'
        case rate-limit-add-caller
            printf '%s\n' 'uuid@rate-limit' 'caller-uuid@caller'
        case rate-limit-create
            printf '%s\n' 'burst-size' 'fill-rate' 'name-label' 'name-description' 'caller-uuids'
        case rate-limit-destroy
            printf '%s\n' 'uuid@rate-limit'
        case rate-limit-list
            printf '%s\n' 'params%rate-limit' 'database:' 'uuid@rate-limit' 'name-label~rate-limit' 'name-description' 'burst-size' 'fill-rate' 'callers'
        case rate-limit-param-clear
            printf '%s\n' 'uuid@rate-limit' 'param-name#rate-limit'
        case rate-limit-param-get
            printf '%s\n' 'uuid@rate-limit' 'param-name#rate-limit' 'param-key' 'database:'
        case rate-limit-param-list
            printf '%s\n' 'uuid@rate-limit' 'database:'
        case rate-limit-param-set
            printf '%s\n' 'uuid@rate-limit' 'name-label~rate-limit' 'name-description' 'burst-size' 'fill-rate'
        case rate-limit-remove-caller
            printf '%s\n' 'uuid@rate-limit' 'caller-uuid@caller'
        case repository-forget
            printf '%s\n' 'uuid@repository'
        case repository-introduce
            printf '%s\n' 'name-label' 'binary-url' 'source-url' 'update!' 'name-description' 'gpgkey-path'
        case repository-introduce-bundle
            printf '%s\n' 'name-label' 'name-description'
        case repository-introduce-remote-pool
            printf '%s\n' 'name-label' 'binary-url' 'certificate-file/' 'name-description'
        case repository-list
            printf '%s\n' 'params%repository' 'database:' 'uuid@repository' 'name-label~repository' 'name-description' 'binary-url' 'source-url' 'update|true,false' 'hash' 'gpgkey-path' 'origin'
        case repository-param-clear
            printf '%s\n' 'uuid@repository' 'param-name#repository'
        case repository-param-get
            printf '%s\n' 'uuid@repository' 'param-name#repository' 'param-key' 'database:'
        case repository-param-list
            printf '%s\n' 'uuid@repository' 'database:'
        case repository-param-set
            printf '%s\n' 'uuid@repository' 'name-label~repository' 'name-description' 'gpgkey-path'
        case repository-set-gpgkey-path
            printf '%s\n' 'uuid@repository' 'gpgkey-path'
        case role-list
            printf '%s\n' 'params%role' 'database:' 'uuid@role' 'name' 'description'
        case role-param-get
            printf '%s\n' 'uuid@role' 'param-name#role' 'param-key' 'database:'
        case role-param-list
            printf '%s\n' 'uuid@role' 'database:'
        case sdn-controller-forget
            printf '%s\n' 'uuid@sdn-controller'
        case sdn-controller-introduce
            printf '%s\n' 'address' 'protocol|ssl,pssl' 'tcp-port'
        case sdn-controller-list
            printf '%s\n' 'params%sdn-controller' 'database:' 'uuid@sdn-controller' 'protocol' 'address' 'port'
        case sdn-controller-param-get
            printf '%s\n' 'uuid@sdn-controller' 'param-name#sdn-controller' 'param-key' 'database:'
        case sdn-controller-param-list
            printf '%s\n' 'uuid@sdn-controller' 'database:'
        case secret-create
            printf '%s\n' 'value'
        case secret-destroy
            printf '%s\n' 'uuid@secret'
        case secret-list
            printf '%s\n' 'params%secret' 'database:' 'uuid@secret' 'value'
        case secret-param-clear
            printf '%s\n' 'uuid@secret' 'param-name#secret'
        case secret-param-get
            printf '%s\n' 'uuid@secret' 'param-name#secret' 'param-key' 'database:'
        case secret-param-list
            printf '%s\n' 'uuid@secret' 'database:'
        case secret-param-set
            printf '%s\n' 'uuid@secret' 'value'
        case session-subject-identifier-logout
            printf '%s\n' 'subject-identifier'
        case sm-list
            printf '%s\n' 'params%sm' 'database:' 'uuid@sm' 'name-label~sm' 'name-description' 'type' 'vendor' 'copyright' 'required-api-version' 'capabilities' 'features' 'configuration' 'driver-filename' 'required-cluster-stack' 'supported-image-formats'
        case sm-param-clear
            printf '%s\n' 'uuid@sm' 'param-name#sm'
        case sm-param-get
            printf '%s\n' 'uuid@sm' 'param-name#sm' 'param-key' 'database:'
        case sm-param-list
            printf '%s\n' 'uuid@sm' 'database:'
        case snapshot-clone
            printf '%s\n' 'new-name-label' 'uuid@snapshot' 'new-name-description'
        case snapshot-copy
            printf '%s\n' 'new-name-label' 'uuid@snapshot' 'new-name-description' 'sr-uuid@sr'
        case snapshot-destroy
            printf '%s\n' 'uuid@snapshot' 'snapshot-uuid@snapshot'
        case snapshot-disk-list
            printf '%s\n' 'snapshot-uuid@snapshot' 'vbd-params' 'vdi-params' 'vm~vm' 'uuid@snapshot' 'name-label~vm' 'multiple!'
        case snapshot-export-to-template
            printf '%s\n' 'filename/' 'snapshot-uuid@snapshot' 'preserve-power-state!' 'compress|true,false,gzip,zstd' 'metadata!' 'excluded-device-types'
        case snapshot-list
            printf '%s\n' 'params%snapshot' 'database:' 'uuid@snapshot' 'name-label~snapshot' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'is-a-snapshot|true,false' 'snapshot-of@vm' 'snapshots' 'snapshot-time' 'snapshot-info' 'parent@vm' 'children' 'is-control-domain|true,false' 'power-state|halted,paused,running,suspended' 'memory-actual' 'memory-target' 'memory-overhead' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-params' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'hvm|true,false' 'platform' 'numa-optimised|true,false' 'numa-nodes' 'numa-node-memory' 'blocked-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'possible-hosts' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'current-domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-boot-params' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'last-boot-CPU-flags' 'last-boot-record' 'resident-on@host' 'affinity@host' 'other-config' 'dom-id' 'recommendations' 'xenstore-data' 'ha-always-run|true,false' 'ha-restart-priority' 'blobs' 'start-time' 'install-time' 'VCPUs-number' 'VCPUs-utilisation' 'os-version' 'netbios-name' 'PV-drivers-version' 'PV-drivers-up-to-date|true,false' 'memory' 'disks' 'networks' 'services' 'PV-drivers-detected|true,false' 'other' 'live|true,false' 'guest-metrics-last-updated' 'can-use-hotplug-vbd' 'can-use-hotplug-vif' 'cooperative' 'appliance@appliance' 'groups' 'secureboot-certificates-state' 'snapshot-schedule@vmss' 'is-vmss-snapshot|true,false' 'start-delay' 'shutdown-delay' 'order' 'version' 'generation-id' 'hardware-platform-version' 'has-vendor-device|true,false' 'requires-reboot|true,false' 'reference-label' 'bios-strings' 'pending-guidances' 'vtpms' 'pending-guidances-recommended' 'pending-guidances-full' 'console-uuids' 'allowed-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'current-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'allowed-VBD-devices' 'allowed-VIF-devices' 'VBDs' 'tags'
        case snapshot-param-add
            printf '%s\n' 'uuid@snapshot' 'param-name#snapshot' 'param-key'
        case snapshot-param-clear
            printf '%s\n' 'uuid@snapshot' 'param-name#snapshot'
        case snapshot-param-get
            printf '%s\n' 'uuid@snapshot' 'param-name#snapshot' 'param-key' 'database:'
        case snapshot-param-list
            printf '%s\n' 'uuid@snapshot' 'database:'
        case snapshot-param-remove
            printf '%s\n' 'uuid@snapshot' 'param-name#snapshot' 'param-key'
        case snapshot-param-set
            printf '%s\n' 'uuid@snapshot' 'name-label~snapshot' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'affinity@host' 'ha-always-run|true,false' 'ha-restart-priority' 'appliance@appliance' 'groups' 'snapshot-schedule@vmss' 'start-delay' 'shutdown-delay' 'order' 'has-vendor-device|true,false' 'VCPUs-params:snapshot' 'platform:snapshot' 'blocked-operations:snapshot' 'HVM-boot-params:snapshot' 'other-config:snapshot' 'xenstore-data:snapshot' 'bios-strings:snapshot'
        case snapshot-reset-powerstate
            printf '%s\n' 'snapshot-uuid@snapshot' 'force!' 'vm~vm' 'uuid@snapshot' 'name-label~vm' 'multiple!'
        case snapshot-revert
            printf '%s\n' 'uuid@snapshot' 'snapshot-uuid@snapshot'
        case snapshot-uninstall
            printf '%s\n' 'uuid@snapshot' 'snapshot-uuid@snapshot' 'force!'
        case sr-create
            printf '%s\n' 'name-label' 'type' 'name-description' 'host-uuid@host' 'device-config:' 'shared!' 'physical-size' 'content-type' 'sm-config:'
        case sr-data-source-forget
            printf '%s\n' 'data-source' 'sr~sr' 'uuid@sr' 'name-label~sr'
        case sr-data-source-list
            printf '%s\n' 'sr~sr' 'uuid@sr' 'name-label~sr'
        case sr-data-source-query
            printf '%s\n' 'data-source' 'sr~sr' 'uuid@sr' 'name-label~sr'
        case sr-data-source-record
            printf '%s\n' 'data-source' 'sr~sr' 'uuid@sr' 'name-label~sr'
        case sr-destroy
            printf '%s\n' 'uuid@sr'
        case sr-disable-database-replication
            printf '%s\n' 'uuid@sr'
        case sr-enable-database-replication
            printf '%s\n' 'uuid@sr'
        case sr-forget
            printf '%s\n' 'uuid@sr'
        case sr-introduce
            printf '%s\n' 'name-label' 'type' 'uuid' 'name-description' 'shared!' 'content-type'
        case sr-list
            printf '%s\n' 'params%sr' 'database:' 'uuid@sr' 'name-label~sr' 'name-description' 'host' 'virtual-allocation' 'physical-utilisation' 'physical-size' 'type' 'content-type' 'shared|true,false' 'introduced-by@drtask' 'is-tools-sr|true,false' 'other-config' 'sm-config' 'blobs' 'local-cache-enabled|true,false' 'clustered|true,false' 'allowed-operations' 'current-operations' 'VDIs' 'PBDs' 'tags'
        case sr-param-add
            printf '%s\n' 'uuid@sr' 'param-name#sr' 'param-key'
        case sr-param-clear
            printf '%s\n' 'uuid@sr' 'param-name#sr'
        case sr-param-get
            printf '%s\n' 'uuid@sr' 'param-name#sr' 'param-key' 'database:'
        case sr-param-list
            printf '%s\n' 'uuid@sr' 'database:'
        case sr-param-remove
            printf '%s\n' 'uuid@sr' 'param-name#sr' 'param-key'
        case sr-param-set
            printf '%s\n' 'uuid@sr' 'name-label~sr' 'name-description' 'shared|true,false' 'other-config:sr'
        case sr-probe
            printf '%s\n' 'type' 'host-uuid@host' 'device-config:' 'sm-config:'
        case sr-probe-ext
            printf '%s\n' 'type' 'host-uuid@host' 'device-config:' 'sm-config:'
        case sr-scan
            printf '%s\n' 'uuid@sr'
        case sr-update
            printf '%s\n' 'uuid@sr'
        case subject-add
            printf '%s\n' 'subject-name'
        case subject-list
            printf '%s\n' 'params%subject' 'database:' 'uuid@subject' 'subject-identifier' 'other-config' 'roles'
        case subject-param-clear
            printf '%s\n' 'uuid@subject' 'param-name#subject'
        case subject-param-get
            printf '%s\n' 'uuid@subject' 'param-name#subject' 'param-key' 'database:'
        case subject-param-list
            printf '%s\n' 'uuid@subject' 'database:'
        case subject-remove
            printf '%s\n' 'subject-uuid@subject'
        case subject-role-add
            printf '%s\n' 'uuid@subject' 'role-name|pool-admin,pool-operator,vm-power-admin,vm-admin,vm-operator,read-only' 'role-uuid@role'
        case subject-role-remove
            printf '%s\n' 'uuid@subject' 'role-name|pool-admin,pool-operator,vm-power-admin,vm-admin,vm-operator,read-only' 'role-uuid@role'
        case task-cancel
            printf '%s\n' 'uuid@task'
        case task-list
            printf '%s\n' 'params%task' 'database:' 'uuid@task' 'name-label~task' 'name-description' 'subtask_of@task' 'subtasks' 'resident-on@host' 'status' 'progress' 'type' 'result' 'created' 'finished' 'error_info' 'allowed_operations' 'current_operations' 'other-config'
        case task-param-add
            printf '%s\n' 'uuid@task' 'param-name#task' 'param-key'
        case task-param-clear
            printf '%s\n' 'uuid@task' 'param-name#task'
        case task-param-get
            printf '%s\n' 'uuid@task' 'param-name#task' 'param-key' 'database:'
        case task-param-list
            printf '%s\n' 'uuid@task' 'database:'
        case task-param-remove
            printf '%s\n' 'uuid@task' 'param-name#task' 'param-key'
        case task-param-set
            printf '%s\n' 'uuid@task' 'other-config:task'
        case template-export
            printf '%s\n' 'filename/' 'template-uuid@template' 'compress|true,false,gzip,zstd' 'metadata!' 'excluded-device-types'
        case template-list
            printf '%s\n' 'params%template' 'database:' 'uuid@template' 'name-label~template' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'is-a-snapshot|true,false' 'snapshot-of@vm' 'snapshots' 'snapshot-time' 'snapshot-info' 'parent@vm' 'children' 'is-control-domain|true,false' 'power-state|halted,paused,running,suspended' 'memory-actual' 'memory-target' 'memory-overhead' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-params' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'hvm|true,false' 'platform' 'numa-optimised|true,false' 'numa-nodes' 'numa-node-memory' 'blocked-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'possible-hosts' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'current-domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-boot-params' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'last-boot-CPU-flags' 'last-boot-record' 'resident-on@host' 'affinity@host' 'other-config' 'dom-id' 'recommendations' 'xenstore-data' 'ha-always-run|true,false' 'ha-restart-priority' 'blobs' 'start-time' 'install-time' 'VCPUs-number' 'VCPUs-utilisation' 'os-version' 'netbios-name' 'PV-drivers-version' 'PV-drivers-up-to-date|true,false' 'memory' 'disks' 'networks' 'services' 'PV-drivers-detected|true,false' 'other' 'live|true,false' 'guest-metrics-last-updated' 'can-use-hotplug-vbd' 'can-use-hotplug-vif' 'cooperative' 'appliance@appliance' 'groups' 'secureboot-certificates-state' 'snapshot-schedule@vmss' 'is-vmss-snapshot|true,false' 'start-delay' 'shutdown-delay' 'order' 'version' 'generation-id' 'hardware-platform-version' 'has-vendor-device|true,false' 'requires-reboot|true,false' 'reference-label' 'bios-strings' 'pending-guidances' 'vtpms' 'pending-guidances-recommended' 'pending-guidances-full' 'console-uuids' 'allowed-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'current-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'allowed-VBD-devices' 'allowed-VIF-devices' 'VBDs' 'tags'
        case template-param-add
            printf '%s\n' 'uuid@template' 'param-name#template' 'param-key'
        case template-param-clear
            printf '%s\n' 'uuid@template' 'param-name#template'
        case template-param-get
            printf '%s\n' 'uuid@template' 'param-name#template' 'param-key' 'database:'
        case template-param-list
            printf '%s\n' 'uuid@template' 'database:'
        case template-param-remove
            printf '%s\n' 'uuid@template' 'param-name#template' 'param-key'
        case template-param-set
            printf '%s\n' 'uuid@template' 'name-label~template' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'affinity@host' 'ha-always-run|true,false' 'ha-restart-priority' 'appliance@appliance' 'groups' 'snapshot-schedule@vmss' 'start-delay' 'shutdown-delay' 'order' 'has-vendor-device|true,false' 'VCPUs-params:template' 'platform:template' 'blocked-operations:template' 'HVM-boot-params:template' 'other-config:template' 'xenstore-data:template' 'bios-strings:template'
        case template-uninstall
            printf '%s\n' 'template-uuid@template' 'force!'
        case tunnel-create
            printf '%s\n' 'pif-uuid@pif' 'network-uuid@network' 'protocol|gre,vxlan'
        case tunnel-destroy
            printf '%s\n' 'uuid@tunnel'
        case tunnel-list
            printf '%s\n' 'params%tunnel' 'database:' 'uuid@tunnel' 'access-PIF@pif' 'transport-PIF@pif' 'status' 'other-config' 'protocol'
        case tunnel-param-add
            printf '%s\n' 'uuid@tunnel' 'param-name#tunnel' 'param-key'
        case tunnel-param-clear
            printf '%s\n' 'uuid@tunnel' 'param-name#tunnel'
        case tunnel-param-get
            printf '%s\n' 'uuid@tunnel' 'param-name#tunnel' 'param-key' 'database:'
        case tunnel-param-list
            printf '%s\n' 'uuid@tunnel' 'database:'
        case tunnel-param-remove
            printf '%s\n' 'uuid@tunnel' 'param-name#tunnel' 'param-key'
        case tunnel-param-set
            printf '%s\n' 'uuid@tunnel' 'other-config:tunnel'
        case update-apply
            printf '%s\n' 'host~host' 'uuid@update' 'name-label~host' 'multiple!'
        case update-destroy
            printf '%s\n' 'uuid@update'
        case update-introduce
            printf '%s\n' 'vdi-uuid@vdi'
        case update-list
            printf '%s\n' 'params%update' 'database:' 'uuid@update' 'name-label~update' 'name-description' 'version' 'installation-size' 'enforce-homogeneity|true,false' 'hosts' 'after-apply-guidance'
        case update-param-clear
            printf '%s\n' 'uuid@update' 'param-name#update'
        case update-param-get
            printf '%s\n' 'uuid@update' 'param-name#update' 'param-key' 'database:'
        case update-param-list
            printf '%s\n' 'uuid@update' 'database:'
        case update-pool-apply
            printf '%s\n' 'uuid@update'
        case update-pool-clean
            printf '%s\n' 'uuid@update'
        case update-precheck
            printf '%s\n' 'host~host' 'uuid@update' 'name-label~host' 'multiple!'
        case update-upload
            printf '%s\n' 'file-name/' 'sr-uuid@sr'
        case usb-group-list
            printf '%s\n' 'params%usb-group' 'database:' 'uuid@usb-group' 'name-label~usb-group' 'name-description' 'other-config' 'VUSB-uuids' 'PUSB-uuids'
        case usb-group-param-add
            printf '%s\n' 'uuid@usb-group' 'param-name#usb-group' 'param-key'
        case usb-group-param-clear
            printf '%s\n' 'uuid@usb-group' 'param-name#usb-group'
        case usb-group-param-get
            printf '%s\n' 'uuid@usb-group' 'param-name#usb-group' 'param-key' 'database:'
        case usb-group-param-list
            printf '%s\n' 'uuid@usb-group' 'database:'
        case usb-group-param-remove
            printf '%s\n' 'uuid@usb-group' 'param-name#usb-group' 'param-key'
        case usb-group-param-set
            printf '%s\n' 'uuid@usb-group' 'name-label~usb-group' 'name-description' 'other-config:usb-group'
        case user-password-change
            printf '%s\n' 'new' 'old'
        case vbd-create
            printf '%s\n' 'vm-uuid@vm' 'device' 'vdi-uuid@vdi' 'bootable!' 'type|Disk,CD,Floppy' 'mode|RW,RO' 'unpluggable!'
        case vbd-destroy
            printf '%s\n' 'uuid@vbd'
        case vbd-eject
            printf '%s\n' 'uuid@vbd'
        case vbd-insert
            printf '%s\n' 'uuid@vbd' 'vdi-uuid@vdi'
        case vbd-list
            printf '%s\n' 'params%vbd' 'database:' 'uuid@vbd' 'vm-uuid@vm' 'vm-name-label' 'vdi-uuid@vdi' 'vdi-name-label' 'empty|true,false' 'device' 'userdevice' 'bootable|true,false' 'mode|RO,RW' 'type|CD,Disk,Floppy' 'unpluggable|true,false' 'currently-attached|true,false' 'attachable' 'storage-lock|true,false' 'status-code' 'status-detail' 'qos_algorithm_type' 'qos_algorithm_params' 'other-config' 'io_read_kbs' 'io_write_kbs' 'allowed-operations' 'current-operations' 'qos_supported_algorithms'
        case vbd-param-add
            printf '%s\n' 'uuid@vbd' 'param-name#vbd' 'param-key'
        case vbd-param-clear
            printf '%s\n' 'uuid@vbd' 'param-name#vbd'
        case vbd-param-get
            printf '%s\n' 'uuid@vbd' 'param-name#vbd' 'param-key' 'database:'
        case vbd-param-list
            printf '%s\n' 'uuid@vbd' 'database:'
        case vbd-param-remove
            printf '%s\n' 'uuid@vbd' 'param-name#vbd' 'param-key'
        case vbd-param-set
            printf '%s\n' 'uuid@vbd' 'userdevice' 'bootable|true,false' 'mode|RO,RW' 'type|CD,Disk,Floppy' 'unpluggable|true,false' 'qos_algorithm_type' 'qos_algorithm_params:vbd' 'other-config:vbd'
        case vbd-plug
            printf '%s\n' 'uuid@vbd'
        case vbd-unplug
            printf '%s\n' 'uuid@vbd' 'timeout' 'force!'
        case vdi-clone
            printf '%s\n' 'uuid@vdi' 'driver-params:' 'new-name-label' 'new-name-description'
        case vdi-copy
            printf '%s\n' 'uuid@vdi' 'sr-uuid@sr' 'base-vdi-uuid@vdi' 'into-vdi-uuid@vdi'
        case vdi-create
            printf '%s\n' 'sr-uuid@sr' 'name-label' 'virtual-size' 'sm-config:' 'sharable!' 'tags:' 'type|user,system,suspend,crashdump'
        case vdi-data-destroy
            printf '%s\n' 'uuid@vdi'
        case vdi-destroy
            printf '%s\n' 'uuid@vdi'
        case vdi-disable-cbt
            printf '%s\n' 'uuid@vdi'
        case vdi-enable-cbt
            printf '%s\n' 'uuid@vdi'
        case vdi-export
            printf '%s\n' 'uuid@vdi' 'filename/' 'format|raw,vhd,qcow2,tar' 'base' 'progress!'
        case vdi-forget
            printf '%s\n' 'uuid@vdi'
        case vdi-import
            printf '%s\n' 'uuid@vdi' 'filename/' 'format|raw,vhd,qcow2,tar' 'progress!'
        case vdi-introduce
            printf '%s\n' 'uuid' 'sr-uuid@sr' 'type|user,system,suspend,crashdump' 'location' 'name-description' 'sharable!' 'read-only!' 'managed!' 'other-config:' 'xenstore-data:' 'sm-config:' 'name-label'
        case vdi-list
            printf '%s\n' 'params%vdi' 'database:' 'uuid@vdi' 'name-label~vdi' 'name-description' 'is-a-snapshot|true,false' 'snapshot-of@vdi' 'snapshots' 'snapshot-time' 'sr-uuid@sr' 'sr-name-label' 'virtual-size' 'physical-utilisation' 'location' 'type' 'sharable|true,false' 'read-only|true,false' 'storage-lock|true,false' 'managed|true,false' 'parent@vdi' 'missing|true,false' 'is-tools-iso|true,false' 'other-config' 'xenstore-data' 'sm-config' 'on-boot|reset,persist' 'allow-caching|true,false' 'metadata-latest|true,false' 'metadata-of-pool' 'cbt-enabled|true,false' 'allowed-operations' 'current-operations' 'vbd-uuids' 'crashdump-uuids' 'tags'
        case vdi-list-changed-blocks
            printf '%s\n' 'vdi-from-uuid@vdi' 'vdi-to-uuid@vdi'
        case vdi-param-add
            printf '%s\n' 'uuid@vdi' 'param-name#vdi' 'param-key'
        case vdi-param-clear
            printf '%s\n' 'uuid@vdi' 'param-name#vdi'
        case vdi-param-get
            printf '%s\n' 'uuid@vdi' 'param-name#vdi' 'param-key' 'database:'
        case vdi-param-list
            printf '%s\n' 'uuid@vdi' 'database:'
        case vdi-param-remove
            printf '%s\n' 'uuid@vdi' 'param-name#vdi' 'param-key'
        case vdi-param-set
            printf '%s\n' 'uuid@vdi' 'name-label~vdi' 'name-description' 'on-boot|reset,persist' 'allow-caching|true,false' 'other-config:vdi'
        case vdi-pool-migrate
            printf '%s\n' 'uuid@vdi' 'sr-uuid@sr' 'dest-img-format|raw,vhd,qcow2'
        case vdi-resize
            printf '%s\n' 'uuid@vdi' 'disk-size' 'online!'
        case vdi-snapshot
            printf '%s\n' 'uuid@vdi' 'driver-params:'
        case vdi-unlock
            printf '%s\n' 'uuid@vdi' 'force!'
        case vdi-update
            printf '%s\n' 'uuid@vdi'
        case vgpu-create
            printf '%s\n' 'vm-uuid@vm' 'gpu-group-uuid@gpu-group' 'vgpu-type-uuid@vgpu-type' 'device'
        case vgpu-destroy
            printf '%s\n' 'uuid@vgpu'
        case vgpu-list
            printf '%s\n' 'params%vgpu' 'database:' 'uuid@vgpu' 'vm-uuid@vm' 'vm-name-label' 'device' 'gpu-group-uuid@gpu-group' 'gpu-group-name-label' 'currently-attached|true,false' 'other-config' 'type-uuid@vgpu-type' 'type-model-name' 'resident-on@pgpu' 'compatibility-metadata' 'extra_args' 'pci'
        case vgpu-param-add
            printf '%s\n' 'uuid@vgpu' 'param-name#vgpu' 'param-key'
        case vgpu-param-clear
            printf '%s\n' 'uuid@vgpu' 'param-name#vgpu'
        case vgpu-param-get
            printf '%s\n' 'uuid@vgpu' 'param-name#vgpu' 'param-key' 'database:'
        case vgpu-param-list
            printf '%s\n' 'uuid@vgpu' 'database:'
        case vgpu-param-remove
            printf '%s\n' 'uuid@vgpu' 'param-name#vgpu' 'param-key'
        case vgpu-param-set
            printf '%s\n' 'uuid@vgpu' 'extra_args' 'other-config:vgpu'
        case vgpu-type-list
            printf '%s\n' 'params%vgpu-type' 'database:' 'uuid@vgpu-type' 'vendor-name' 'model-name' 'framebuffer-size' 'max-heads' 'max-resolution' 'supported-on-PGPUs' 'enabled-on-PGPUs' 'supported-on-GPU-groups' 'enabled-on-GPU-groups' 'VGPU-uuids' 'experimental|true,false' 'compatible-types-in-vm'
        case vgpu-type-param-get
            printf '%s\n' 'uuid@vgpu-type' 'param-name#vgpu-type' 'param-key' 'database:'
        case vgpu-type-param-list
            printf '%s\n' 'uuid@vgpu-type' 'database:'
        case vif-configure-ipv4
            printf '%s\n' 'uuid@vif' 'mode|None,Static,DHCP' 'address' 'gateway'
        case vif-configure-ipv6
            printf '%s\n' 'uuid@vif' 'mode|None,Static,Autoconf' 'address' 'gateway'
        case vif-create
            printf '%s\n' 'device' 'network-uuid@network' 'vm-uuid@vm' 'mac'
        case vif-destroy
            printf '%s\n' 'uuid@vif'
        case vif-list
            printf '%s\n' 'params%vif' 'database:' 'uuid@vif' 'vm-uuid@vm' 'vm-name-label' 'device' 'MAC' 'MAC-autogenerated|true,false' 'MTU' 'currently-attached|true,false' 'qos_algorithm_type' 'qos_algorithm_params' 'other-config' 'network-uuid@network' 'network-name-label' 'io_read_kbs' 'io_write_kbs' 'locking-mode|network_default,locked,unlocked,disabled' 'ipv4-configuration-mode' 'ipv4-addresses' 'ipv4-gateway' 'ipv6-configuration-mode' 'ipv6-addresses' 'ipv6-gateway' 'allowed-operations' 'current-operations' 'qos_supported_algorithms' 'ipv4-allowed' 'ipv6-allowed' 'trunks'
        case vif-move
            printf '%s\n' 'uuid@vif' 'network-uuid@network'
        case vif-param-add
            printf '%s\n' 'uuid@vif' 'param-name#vif' 'param-key'
        case vif-param-clear
            printf '%s\n' 'uuid@vif' 'param-name#vif'
        case vif-param-get
            printf '%s\n' 'uuid@vif' 'param-name#vif' 'param-key' 'database:'
        case vif-param-list
            printf '%s\n' 'uuid@vif' 'database:'
        case vif-param-remove
            printf '%s\n' 'uuid@vif' 'param-name#vif' 'param-key'
        case vif-param-set
            printf '%s\n' 'uuid@vif' 'qos_algorithm_type' 'locking-mode|network_default,locked,unlocked,disabled' 'ipv4-allowed' 'ipv6-allowed' 'trunks' 'qos_algorithm_params:vif' 'other-config:vif'
        case vif-plug
            printf '%s\n' 'uuid@vif'
        case vif-unplug
            printf '%s\n' 'uuid@vif' 'force!'
        case vlan-create
            printf '%s\n' 'pif-uuid@pif' 'vlan' 'network-uuid@network' 'network' 'if-missing!'
        case vlan-destroy
            printf '%s\n' 'uuid@vlan' 'pif-uuid@pif' 'vlan' 'all-hosts!' 'if-present!'
        case vlan-list
            printf '%s\n' 'params%vlan' 'database:' 'uuid@vlan' 'tagged-PIF@pif' 'untagged-PIF@pif' 'tag'
        case vlan-param-get
            printf '%s\n' 'uuid@vlan' 'param-name#vlan' 'param-key' 'database:'
        case vlan-param-list
            printf '%s\n' 'uuid@vlan' 'database:'
        case vm-assert-can-be-recovered
            printf '%s\n' 'uuid@vm' 'database:'
        case vm-call-host-plugin
            printf '%s\n' 'vm-uuid@vm' 'plugin' 'fn' 'args:'
        case vm-call-plugin
            printf '%s\n' 'vm-uuid@vm' 'plugin' 'fn' 'args:'
        case vm-cd-add
            printf '%s\n' 'cd-name' 'device' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-cd-eject
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-cd-insert
            printf '%s\n' 'cd-name' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-cd-list
            printf '%s\n' 'vbd-params' 'vdi-params' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-cd-remove
            printf '%s\n' 'cd-name' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-checkpoint
            printf '%s\n' 'new-name-label' 'new-name-description' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-clone
            printf '%s\n' 'new-name-label' 'new-name-description' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-compute-maximum-memory
            printf '%s\n' 'total' 'approximate!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-compute-memory-overhead
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-copy
            printf '%s\n' 'new-name-label' 'new-name-description' 'sr-uuid@sr' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-copy-bios-strings
            printf '%s\n' 'host-uuid@host' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-crashdump-list
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-data-source-forget
            printf '%s\n' 'data-source' 'vm~vm' 'uuid@vm' 'name-label~vm'
        case vm-data-source-list
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm'
        case vm-data-source-query
            printf '%s\n' 'data-source' 'vm~vm' 'uuid@vm' 'name-label~vm'
        case vm-data-source-record
            printf '%s\n' 'data-source' 'vm~vm' 'uuid@vm' 'name-label~vm'
        case vm-destroy
            printf '%s\n' 'uuid@vm'
        case vm-disk-add
            printf '%s\n' 'disk-size' 'device' 'sr-uuid@sr' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-disk-list
            printf '%s\n' 'vbd-params' 'vdi-params' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-disk-remove
            printf '%s\n' 'device' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-export
            printf '%s\n' 'filename/' 'preserve-power-state!' 'compress|true,false,gzip,zstd' 'metadata!' 'excluded-device-types' 'include-snapshots!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-get-secureboot-readiness
            printf '%s\n' 'uuid@vm'
        case vm-group-create
            printf '%s\n' 'name-label' 'placement|normal,anti-affinity' 'name-description'
        case vm-group-destroy
            printf '%s\n' 'uuid@vm-group'
        case vm-group-list
            printf '%s\n' 'params%vm-group' 'database:' 'uuid@vm-group' 'name-label~vm-group' 'name-description' 'placement|anti-affinity,normal' 'vm-uuids'
        case vm-group-param-clear
            printf '%s\n' 'uuid@vm-group' 'param-name#vm-group'
        case vm-group-param-get
            printf '%s\n' 'uuid@vm-group' 'param-name#vm-group' 'param-key' 'database:'
        case vm-group-param-list
            printf '%s\n' 'uuid@vm-group' 'database:'
        case vm-group-param-set
            printf '%s\n' 'uuid@vm-group' 'name-label~vm-group' 'name-description'
        case vm-import
            printf '%s\n' 'filename/' 'preserve!' 'sr-uuid@sr' 'force!' 'host-username' 'host-password' 'type' 'remote-config' 'dry-run!' 'metadata!' 'url' 'vdi:'
        case vm-install
            printf '%s\n' 'new-name-label' 'sr-name-label~sr' 'sr-uuid@sr' 'template~template' 'copy-bios-strings-from' 'user-data/' 'network-config/'
        case vm-is-bios-customized
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-list
            printf '%s\n' 'params%vm' 'database:' 'uuid@vm' 'name-label~vm' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'is-a-snapshot|true,false' 'snapshot-of@vm' 'snapshots' 'snapshot-time' 'snapshot-info' 'parent@vm' 'children' 'is-control-domain|true,false' 'power-state|halted,paused,running,suspended' 'memory-actual' 'memory-target' 'memory-overhead' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-params' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'hvm|true,false' 'platform' 'numa-optimised|true,false' 'numa-nodes' 'numa-node-memory' 'blocked-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'possible-hosts' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'current-domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-boot-params' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'last-boot-CPU-flags' 'last-boot-record' 'resident-on@host' 'affinity@host' 'other-config' 'dom-id' 'recommendations' 'xenstore-data' 'ha-always-run|true,false' 'ha-restart-priority' 'blobs' 'start-time' 'install-time' 'VCPUs-number' 'VCPUs-utilisation' 'os-version' 'netbios-name' 'PV-drivers-version' 'PV-drivers-up-to-date|true,false' 'memory' 'disks' 'networks' 'services' 'PV-drivers-detected|true,false' 'other' 'live|true,false' 'guest-metrics-last-updated' 'can-use-hotplug-vbd' 'can-use-hotplug-vif' 'cooperative' 'appliance@appliance' 'groups' 'secureboot-certificates-state' 'snapshot-schedule@vmss' 'is-vmss-snapshot|true,false' 'start-delay' 'shutdown-delay' 'order' 'version' 'generation-id' 'hardware-platform-version' 'has-vendor-device|true,false' 'requires-reboot|true,false' 'reference-label' 'bios-strings' 'pending-guidances' 'vtpms' 'pending-guidances-recommended' 'pending-guidances-full' 'console-uuids' 'allowed-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'current-operations|snapshot,clone,copy,create_template,revert,checkpoint,snapshot_with_quiesce,provision,start,start_on,pause,unpause,clean_shutdown,clean_reboot,hard_shutdown,power_state_reset,hard_reboot,suspend,csvm,resume,resume_on,pool_migrate,migrate_send,get_boot_record,send_sysrq,send_trigger,query_services,shutdown,call_plugin,changing_memory_live,awaiting_memory_live,changing_dynamic_range,changing_static_range,changing_memory_limits,changing_shadow_memory,changing_shadow_memory_live,changing_VCPUs,changing_VCPUs_live,changing_NVRAM,assert_operation_valid,data_source_op,update_allowed_operations,make_into_template,import,export,metadata_export,reverting,destroy,create_vtpm,sysprep' 'allowed-VBD-devices' 'allowed-VIF-devices' 'VBDs' 'tags'
        case vm-memory-dynamic-range-set
            printf '%s\n' 'min' 'max' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-memory-limits-set
            printf '%s\n' 'static-min' 'static-max' 'dynamic-min' 'dynamic-max' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-memory-set
            printf '%s\n' 'memory' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-memory-shadow-multiplier-set
            printf '%s\n' 'multiplier' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-memory-static-range-set
            printf '%s\n' 'min' 'max' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-memory-target-set
            printf '%s\n' 'target' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-migrate
            printf '%s\n' 'live!' 'host~host' 'host-uuid@host' 'remote-master' 'remote-username' 'remote-password' 'remote-network' 'force!' 'copy!' 'compress!' 'vif:' 'vdi:' 'image-format:' 'bandwidth' 'downtime' 'verify!' 'dry-run!' 'remote-password-file/' 'remote-fingerprint' 'host-name~host' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-param-add
            printf '%s\n' 'uuid@vm' 'param-name#vm' 'param-key'
        case vm-param-clear
            printf '%s\n' 'uuid@vm' 'param-name#vm'
        case vm-param-get
            printf '%s\n' 'uuid@vm' 'param-name#vm' 'param-key' 'database:'
        case vm-param-list
            printf '%s\n' 'uuid@vm' 'database:'
        case vm-param-remove
            printf '%s\n' 'uuid@vm' 'param-name#vm' 'param-key'
        case vm-param-set
            printf '%s\n' 'uuid@vm' 'name-label~vm' 'name-description' 'user-version' 'is-a-template|true,false' 'is-default-template|true,false' 'memory-static-max' 'memory-dynamic-max' 'memory-dynamic-min' 'memory-static-min' 'suspend-VDI-uuid@vdi' 'suspend-SR-uuid@sr' 'VCPUs-max' 'VCPUs-at-startup' 'actions-after-shutdown|destroy,restart' 'actions-after-softreboot|soft_reboot,destroy,restart,preserve' 'actions-after-reboot|destroy,restart' 'actions-after-crash|destroy,coredump_and_destroy,restart,coredump_and_restart,preserve,rename_restart' 'domain-type|hvm,pv,pv-in-pvh,pvh' 'HVM-boot-policy' 'HVM-shadow-multiplier' 'PV-kernel' 'PV-ramdisk' 'PV-args' 'PV-legacy-args' 'PV-bootloader' 'PV-bootloader-args' 'affinity@host' 'ha-always-run|true,false' 'ha-restart-priority' 'appliance@appliance' 'groups' 'snapshot-schedule@vmss' 'start-delay' 'shutdown-delay' 'order' 'has-vendor-device|true,false' 'VCPUs-params:vm' 'platform:vm' 'blocked-operations:vm' 'HVM-boot-params:vm' 'other-config:vm' 'xenstore-data:vm' 'bios-strings:vm'
        case vm-pause
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-reboot
            printf '%s\n' 'force!' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-recover
            printf '%s\n' 'uuid@vm' 'database:' 'force!'
        case vm-reset-powerstate
            printf '%s\n' 'force!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-restart-device-models
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-resume
            printf '%s\n' 'force!' 'on~host' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-retrieve-wlb-recommendations
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-set-uefi-mode
            printf '%s\n' 'uuid@vm' 'mode|setup,user'
        case vm-shutdown
            printf '%s\n' 'force!' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-snapshot
            printf '%s\n' 'new-name-label' 'new-name-description' 'ignore-vdi-uuids' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-snapshot-with-quiesce
            printf '%s\n' 'new-name-label' 'new-name-description' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-start
            printf '%s\n' 'force!' 'on~host' 'paused!' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-suspend
            printf '%s\n' 'progress!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-sysprep
            printf '%s\n' 'filename/' 'timeout' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-uninstall
            printf '%s\n' 'force!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-unpause
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-update-secureboot-certificates-on-boot
            printf '%s\n' 'mark!' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-vcpu-hotplug
            printf '%s\n' 'new-vcpus' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vm-vif-list
            printf '%s\n' 'vm~vm' 'uuid@vm' 'name-label~vm' 'multiple!'
        case vmss-create
            printf '%s\n' 'name-label' 'type|snapshot,checkpoint,snapshot_with_quiesce' 'frequency|hourly,daily,weekly' 'name-description' 'enabled!' 'schedule:' 'retained-snapshots'
        case vmss-destroy
            printf '%s\n' 'uuid@vmss'
        case vmss-list
            printf '%s\n' 'params%vmss' 'database:' 'uuid@vmss' 'name-label~vmss' 'name-description' 'enabled|true,false' 'type|snapshot,checkpoint,snapshot_with_quiesce' 'retained-snapshots' 'frequency|hourly,daily,weekly' 'schedule' 'last-run-time' 'VMs'
        case vmss-param-add
            printf '%s\n' 'uuid@vmss' 'param-name#vmss' 'param-key'
        case vmss-param-clear
            printf '%s\n' 'uuid@vmss' 'param-name#vmss'
        case vmss-param-get
            printf '%s\n' 'uuid@vmss' 'param-name#vmss' 'param-key' 'database:'
        case vmss-param-list
            printf '%s\n' 'uuid@vmss' 'database:'
        case vmss-param-remove
            printf '%s\n' 'uuid@vmss' 'param-name#vmss' 'param-key'
        case vmss-param-set
            printf '%s\n' 'uuid@vmss' 'name-label~vmss' 'name-description' 'enabled|true,false' 'type|snapshot,checkpoint,snapshot_with_quiesce' 'retained-snapshots' 'frequency|hourly,daily,weekly' 'schedule:vmss'
        case vtpm-create
            printf '%s\n' 'vm-uuid@vm' 'is-unique!'
        case vtpm-destroy
            printf '%s\n' 'uuid@vtpm' 'force!'
        case vtpm-list
            printf '%s\n' 'params%vtpm' 'database:' 'uuid@vtpm' 'vm-uuid@vm' 'vm-name-label' 'secret' 'is_unique|true,false' 'is_protected|true,false' 'allowed-operations'
        case vtpm-param-clear
            printf '%s\n' 'uuid@vtpm' 'param-name#vtpm'
        case vtpm-param-get
            printf '%s\n' 'uuid@vtpm' 'param-name#vtpm' 'param-key' 'database:'
        case vtpm-param-list
            printf '%s\n' 'uuid@vtpm' 'database:'
        case vusb-create
            printf '%s\n' 'usb-group-uuid@usb-group' 'vm-uuid@vm'
        case vusb-destroy
            printf '%s\n' 'uuid@vusb'
        case vusb-list
            printf '%s\n' 'params%vusb' 'database:' 'uuid@vusb' 'vm-uuid@vm' 'vm-name-label' 'usb-group-uuid@usb-group' 'usb-group-name-label' 'other-config' 'currently-attached|true,false' 'allowed-operations' 'current-operations'
        case vusb-param-add
            printf '%s\n' 'uuid@vusb' 'param-name#vusb' 'param-key'
        case vusb-param-clear
            printf '%s\n' 'uuid@vusb' 'param-name#vusb'
        case vusb-param-get
            printf '%s\n' 'uuid@vusb' 'param-name#vusb' 'param-key' 'database:'
        case vusb-param-list
            printf '%s\n' 'uuid@vusb' 'database:'
        case vusb-param-remove
            printf '%s\n' 'uuid@vusb' 'param-name#vusb' 'param-key'
        case vusb-param-set
            printf '%s\n' 'uuid@vusb' 'other-config:vusb'
        case vusb-unplug
            printf '%s\n' 'uuid@vusb'
    end
end

function __xcp_fields
    switch $argv[1]
        case pool
            printf '%s\n' uuid name-label name-description master default-SR crash-dump-SR suspend-image-SR supported-sr-types other-config allowed-operations current-operations ha-enabled ha-configuration ha-statefiles ha-host-failures-to-tolerate ha-plan-exists-for ha-allow-overcommit ha-overcommitted ha-reboot-vm-on-internal-shutdown blobs wlb-url wlb-username wlb-enabled wlb-verify-cert igmp-snooping-enabled gui-config health-check-config restrictions tags license-state ha-cluster-stack guest-agent-config cpu_info policy-no-vendor-device live-patching-disabled tls-verification-enabled client-certificate-auth-enabled client-certificate-auth-name repositories repository-proxy-url repository-proxy-username https-only migration-compression coordinator-bias telemetry-frequency telemetry-next-collection last-update-sync update-sync-frequency update-sync-day update-sync-enabled auto-update-vm-secureboot-certificates recommendations ext-auth-cache-enabled ext-auth-cache-size ext-auth-cache-expiry license-server ssh-enabled ssh-enabled-timeout ssh-expiry console-idle-timeout ssh-auto-mode limit-console-sessions vm-console-idle-timeout
        case pif
            printf '%s\n' uuid device MAC physical managed currently-attached MTU VLAN vlan-master-of vlan-slave-of bond-master-of bond-slave-of sriov-physical-PIF-of sriov-logical-PIF-of tunnel-access-PIF-of tunnel-transport-PIF-of management network-uuid network-name-label host-uuid host-name-label IP-configuration-mode IP netmask gateway IPv6-configuration-mode IPv6 IPv6-gateway primary-address-type DNS properties capabilities io_read_kbs io_write_kbs carrier vendor-id vendor-name device-id device-name speed duplex disallow-unplug pci-bus-path other-config igmp-snooping-status
        case bond
            printf '%s\n' uuid master slaves mode properties primary-slave links-up auto-update-mac
        case vlan
            printf '%s\n' uuid tagged-PIF untagged-PIF tag
        case tunnel
            printf '%s\n' uuid access-PIF transport-PIF status other-config protocol
        case vif
            printf '%s\n' uuid vm-uuid vm-name-label allowed-operations current-operations device MAC MAC-autogenerated MTU currently-attached qos_algorithm_type qos_algorithm_params qos_supported_algorithms other-config network-uuid network-name-label io_read_kbs io_write_kbs locking-mode ipv4-allowed ipv6-allowed ipv4-configuration-mode ipv4-addresses ipv4-gateway ipv6-configuration-mode ipv6-addresses ipv6-gateway trunks
        case network
            printf '%s\n' uuid name-label name-description VIF-uuids PIF-uuids MTU bridge managed other-config blobs tags default-locking-mode purpose
        case console
            printf '%s\n' uuid vm-uuid vm-name-label protocol location other-config
        case vm
            printf '%s\n' uuid name-label name-description user-version is-a-template is-default-template is-a-snapshot snapshot-of snapshots snapshot-time snapshot-info parent children is-control-domain power-state memory-actual memory-target memory-overhead memory-static-max memory-dynamic-max memory-dynamic-min memory-static-min suspend-VDI-uuid suspend-SR-uuid VCPUs-params VCPUs-max VCPUs-at-startup actions-after-shutdown actions-after-softreboot actions-after-reboot actions-after-crash console-uuids hvm platform numa-optimised numa-nodes numa-node-memory allowed-operations current-operations blocked-operations allowed-VBD-devices allowed-VIF-devices possible-hosts domain-type current-domain-type HVM-boot-policy HVM-boot-params HVM-shadow-multiplier PV-kernel PV-ramdisk PV-args PV-legacy-args PV-bootloader PV-bootloader-args last-boot-CPU-flags last-boot-record resident-on affinity other-config dom-id recommendations xenstore-data ha-always-run ha-restart-priority blobs start-time install-time VCPUs-number VCPUs-utilisation os-version netbios-name PV-drivers-version PV-drivers-up-to-date memory disks VBDs networks services PV-drivers-detected other live guest-metrics-last-updated can-use-hotplug-vbd can-use-hotplug-vif cooperative tags appliance groups secureboot-certificates-state snapshot-schedule is-vmss-snapshot start-delay shutdown-delay order version generation-id hardware-platform-version has-vendor-device requires-reboot reference-label bios-strings pending-guidances vtpms pending-guidances-recommended pending-guidances-full
        case template
            printf '%s\n' uuid name-label name-description user-version is-a-template is-default-template is-a-snapshot snapshot-of snapshots snapshot-time snapshot-info parent children is-control-domain power-state memory-actual memory-target memory-overhead memory-static-max memory-dynamic-max memory-dynamic-min memory-static-min suspend-VDI-uuid suspend-SR-uuid VCPUs-params VCPUs-max VCPUs-at-startup actions-after-shutdown actions-after-softreboot actions-after-reboot actions-after-crash console-uuids hvm platform numa-optimised numa-nodes numa-node-memory allowed-operations current-operations blocked-operations allowed-VBD-devices allowed-VIF-devices possible-hosts domain-type current-domain-type HVM-boot-policy HVM-boot-params HVM-shadow-multiplier PV-kernel PV-ramdisk PV-args PV-legacy-args PV-bootloader PV-bootloader-args last-boot-CPU-flags last-boot-record resident-on affinity other-config dom-id recommendations xenstore-data ha-always-run ha-restart-priority blobs start-time install-time VCPUs-number VCPUs-utilisation os-version netbios-name PV-drivers-version PV-drivers-up-to-date memory disks VBDs networks services PV-drivers-detected other live guest-metrics-last-updated can-use-hotplug-vbd can-use-hotplug-vif cooperative tags appliance groups secureboot-certificates-state snapshot-schedule is-vmss-snapshot start-delay shutdown-delay order version generation-id hardware-platform-version has-vendor-device requires-reboot reference-label bios-strings pending-guidances vtpms pending-guidances-recommended pending-guidances-full
        case snapshot
            printf '%s\n' uuid name-label name-description user-version is-a-template is-default-template is-a-snapshot snapshot-of snapshots snapshot-time snapshot-info parent children is-control-domain power-state memory-actual memory-target memory-overhead memory-static-max memory-dynamic-max memory-dynamic-min memory-static-min suspend-VDI-uuid suspend-SR-uuid VCPUs-params VCPUs-max VCPUs-at-startup actions-after-shutdown actions-after-softreboot actions-after-reboot actions-after-crash console-uuids hvm platform numa-optimised numa-nodes numa-node-memory allowed-operations current-operations blocked-operations allowed-VBD-devices allowed-VIF-devices possible-hosts domain-type current-domain-type HVM-boot-policy HVM-boot-params HVM-shadow-multiplier PV-kernel PV-ramdisk PV-args PV-legacy-args PV-bootloader PV-bootloader-args last-boot-CPU-flags last-boot-record resident-on affinity other-config dom-id recommendations xenstore-data ha-always-run ha-restart-priority blobs start-time install-time VCPUs-number VCPUs-utilisation os-version netbios-name PV-drivers-version PV-drivers-up-to-date memory disks VBDs networks services PV-drivers-detected other live guest-metrics-last-updated can-use-hotplug-vbd can-use-hotplug-vif cooperative tags appliance groups secureboot-certificates-state snapshot-schedule is-vmss-snapshot start-delay shutdown-delay order version generation-id hardware-platform-version has-vendor-device requires-reboot reference-label bios-strings pending-guidances vtpms pending-guidances-recommended pending-guidances-full
        case host
            printf '%s\n' uuid name-label name-description allowed-operations current-operations enabled display API-version-major API-version-minor API-version-vendor API-version-vendor-implementation logging suspend-image-sr-uuid crash-dump-sr-uuid software-version capabilities other-config cpu_info chipset-info hostname address https-only supported-bootloaders blobs memory-overhead memory-total memory-free memory-free-computed host-metrics-live patches updates ha-statefiles ha-network-peers external-auth-type external-auth-service-name external-auth-configuration edition license-server power-on-mode power-on-config local-cache-sr tags ssl-legacy guest_VCPUs_params virtual-hardware-platform-versions control-domain-uuid resident-vms updates-requiring-reboot features iscsi_iqn multipathing numa-affinity-policy pending-guidances tls-verification-enabled last-software-update latest-synced-updates-applied pending-guidances-recommended pending-guidances-full last-update-hash ssh-enabled ssh-enabled-timeout ssh-expiry console-idle-timeout ssh-auto-mode max-cstate secure-boot ntp-mode ntp-custom-servers timezone
        case host-cpu
            printf '%s\n' uuid host-uuid number vendor speed model family modelname stepping flags utilisation
        case host-crashdump
            printf '%s\n' uuid host-uuid timestamp size
        case patch
            printf '%s\n' uuid name-label name-description size hosts after-apply-guidance update
        case update
            printf '%s\n' uuid name-label name-description version installation-size hosts after-apply-guidance enforce-homogeneity
        case vdi
            printf '%s\n' uuid name-label name-description is-a-snapshot snapshot-of snapshots snapshot-time allowed-operations current-operations sr-uuid sr-name-label vbd-uuids crashdump-uuids virtual-size physical-utilisation location type sharable read-only storage-lock managed parent missing is-tools-iso other-config xenstore-data sm-config on-boot allow-caching metadata-latest metadata-of-pool tags cbt-enabled
        case vbd
            printf '%s\n' uuid vm-uuid vm-name-label vdi-uuid vdi-name-label allowed-operations current-operations empty device userdevice bootable mode type unpluggable currently-attached attachable storage-lock status-code status-detail qos_algorithm_type qos_algorithm_params qos_supported_algorithms other-config io_read_kbs io_write_kbs
        case sr
            printf '%s\n' uuid name-label name-description host allowed-operations current-operations VDIs PBDs virtual-allocation physical-utilisation physical-size type content-type shared introduced-by is-tools-sr other-config sm-config blobs local-cache-enabled tags clustered
        case sm
            printf '%s\n' uuid name-label name-description type vendor copyright required-api-version capabilities features configuration driver-filename required-cluster-stack supported-image-formats
        case pbd
            printf '%s\n' uuid host host-uuid host-name-label sr-uuid sr-name-label device-config currently-attached other-config
        case task
            printf '%s\n' uuid name-label name-description subtask_of subtasks resident-on status progress type result created finished error_info allowed_operations current_operations other-config
        case subject
            printf '%s\n' uuid subject-identifier other-config roles
        case role
            printf '%s\n' uuid name description
        case vmss
            printf '%s\n' uuid name-label name-description enabled type retained-snapshots frequency schedule last-run-time VMs
        case message
            printf '%s\n' uuid name priority class obj-uuid timestamp body
        case secret
            printf '%s\n' uuid value
        case appliance
            printf '%s\n' uuid name-label name-description VMs allowed-operations current-operations
        case vm-group
            printf '%s\n' uuid name-label name-description placement vm-uuids
        case pgpu
            printf '%s\n' uuid pci-uuid vendor-name device-name dom0-access is-system-display-device gpu-group-uuid gpu-group-name-label host-uuid host-name-label pci-id dependencies other-config supported-VGPU-types enabled-VGPU-types resident-VGPUs
        case gpu-group
            printf '%s\n' uuid name-label name-description VGPU-uuids PGPU-uuids other-config enabled-VGPU-types supported-VGPU-types allocation-algorithm
        case vgpu
            printf '%s\n' uuid vm-uuid vm-name-label device gpu-group-uuid gpu-group-name-label currently-attached other-config type-uuid type-model-name resident-on compatibility-metadata extra_args pci
        case vgpu-type
            printf '%s\n' uuid vendor-name model-name framebuffer-size max-heads max-resolution supported-on-PGPUs enabled-on-PGPUs supported-on-GPU-groups enabled-on-GPU-groups VGPU-uuids experimental compatible-types-in-vm
        case drtask
            printf '%s\n' uuid introduced-SRs
        case pvs-site
            printf '%s\n' uuid name-label name-description pvs-uuid pvs-cache-storage-uuids pvs-server-uuids pvs-proxy-uuids
        case pvs-server
            printf '%s\n' uuid addresses first-port last-port pvs-site-uuid
        case pvs-proxy
            printf '%s\n' uuid pvs-site-uuid vif-uuid currently-attached status
        case pvs-cache-storage
            printf '%s\n' uuid host-uuid sr-uuid pvs-site-uuid size vdi-uuid
        case feature
            printf '%s\n' uuid name-label name-description enabled experimental version host-uuid
        case sdn-controller
            printf '%s\n' uuid protocol address port
        case pusb
            printf '%s\n' uuid usb-group-uuid host-uuid host-name-label path vendor-id vendor-desc product-id product-desc serial version description speed passthrough-enabled
        case usb-group
            printf '%s\n' uuid name-label name-description VUSB-uuids PUSB-uuids other-config
        case vusb
            printf '%s\n' uuid vm-uuid vm-name-label usb-group-uuid usb-group-name-label other-config currently-attached allowed-operations current-operations
        case network-sriov
            printf '%s\n' uuid physical-PIF logical-PIF requires-reboot remaining-capacity
        case cluster
            printf '%s\n' uuid cluster-hosts cluster-token cluster-stack cluster-stack-version token-timeout token-timeout-coefficient allowed-operations current-operations pool-auto-join cluster-config other-config is-quorate quorum live-hosts expected-hosts
        case cluster-host
            printf '%s\n' uuid cluster PIF host enabled joined live last-update-live allowed-operations current-operations other-config
        case certificate
            printf '%s\n' uuid type name host not-before not-after fingerprint fingerprint_sha256 fingerprint_sha1 purpose
        case repository
            printf '%s\n' uuid name-label name-description binary-url source-url update hash gpgkey-path origin
        case hostdriver-variant
            printf '%s\n' uuid name version status priority active selected driver-uuid driver-name host-uuid hw-present
        case hostdriver
            printf '%s\n' uuid name type description info host-uuid active-variant selected-variant variants variants-dev-status variants-uuid variants-hw-present
        case vtpm
            printf '%s\n' uuid vm-uuid vm-name-label secret is_unique is_protected allowed-operations
        case observer
            printf '%s\n' uuid host-uuids name-label name-description attributes endpoints components enabled
        case pci
            printf '%s\n' uuid vendor-name device-name driver-name host-uuid host-name-label pci-id dependencies other-config
        case caller
            printf '%s\n' uuid name-label name-description user-agent client-ip last-access groups rate-limit
        case rate-limit
            printf '%s\n' uuid name-label name-description callers burst-size fill-rate
    end
end

# The command on the line; the options that say where the server is, in __xcp_where.
function __xcp_command
    set -g __xcp_where
    set -l tokens (commandline -opc)
    set -l i 2
    while test $i -le (count $tokens)
        set -l next (math $i + 1)
        switch $tokens[$i]
            case -s -h -u -p -pwf --fingerprint --ca-file --profile
                test $next -le (count $tokens); and set -a __xcp_where $tokens[$i] $tokens[$next]
                set i $next
            case -pw -o --select --timeout --parallel
                set i $next
            case --insecure --nossl 'server=*' 'username=*' 'port=*' 'passwordfile=*'
                set -a __xcp_where $tokens[$i]
            case '-*' 'password=*'
            case '*'
                echo $tokens[$i]
                return
        end
        set i (math $i + 1)
    end
end

function __xcp_wants
    set -l command (__xcp_command)
    if test -z "$command" -o "$command" = help
        test $argv[1] = command
    else
        test $argv[1] = parameter
    end
end

# Objects of class $argv[1], by uuid or by name, behind the prefix $argv[3].
function __xcp_objects
    set -l tokens (commandline -opc)
    command $tokens[1] $__xcp_where __complete class=$argv[1] 2>/dev/null | while read -l -d \t uuid name
        if test $argv[2] = uuid
            printf '%s%s\t%s\n' $argv[3] $uuid $name
        else
            printf '%s%s\t%s\n' $argv[3] $name $uuid
        end
    end
end

# Keys of the map $argv[2] that objects of class $argv[1] have.
function __xcp_keys
    set -l tokens (commandline -opc)
    for key in (command $tokens[1] $__xcp_where __complete class=$argv[1] keys=$argv[2] 2>/dev/null)
        echo $argv[2]:$key=
    end
end

function __xcp_parameter
    set -l command (__xcp_command)
    set -l current (commandline -ct | string unescape)
    set -l key (string split -m 1 = -- $current)[1]
    for param in (__xcp_params $command)
        set -l parts (string match -r '^([^@~|!:/#%]+)(.*)$' -- $param)
        if not string match -q '*=*' -- $current
            if not string match -q ':*' -- $parts[3]
                echo $parts[2]=
            else if test $parts[3] != : -a (string split -m 1 : -- $current)[1] = $parts[2]
                __xcp_keys (string sub -s 2 -- $parts[3]) $parts[2]
            else
                echo $parts[2]:
            end
            continue
        end
        test "$parts[2]" = "$key"; or continue
        set -l rest (string sub -s 2 -- $parts[3])
        switch $parts[3]
            case '@*'
                __xcp_objects $rest uuid $key=
                __xcp_objects $rest name $key=
            case '~*'
                __xcp_objects $rest name $key=
            case '|*'
                printf '%s\n' $key=(string split , -- $rest)
            case !
                printf '%s\n' $key=true $key=false
            case '#*' '%*'
                set -l before (string match -r '^.*,' -- $current; or echo $key=)
                printf '%s\n' $before(__xcp_fields $rest)
            case /
                for file in (__fish_complete_path (string sub -s (math (string length -- $key) + 2) -- $current))
                    echo $key=$file
                end
        end
    end
end

complete -c xcp -f
complete -c xcp -f -n '__xcp_wants command' -a '(__xcp_commands)'
complete -c xcp -f -n '__xcp_wants parameter' -a '(__xcp_parameter)'
complete -c xcp -x -s o -d 'form of the output' -a 'table json ndjson yaml csv value dot svg'
complete -c xcp -l select -d 'fields to print'
complete -c xcp -l minimal -d 'values only, separated by commas'
complete -c xcp -l multiple -d 'several objects at once'
complete -c xcp -l parallel -d 'how many at the same time'
complete -c xcp -l watch -d 'print again at each change'
complete -c xcp -l wait -d 'wait until there is something to list'
complete -c xcp -l timeout -d 'seconds until giving up'
complete -c xcp -l profile -d 'profile of the configuration file'
complete -c xcp -l fingerprint -d 'SHA-256 of the certificate'
complete -c xcp -l ca-file -d 'CA of the certificate'
complete -c xcp -l insecure -d 'do not check the certificate'
complete -c xcp -l help -d 'how to use xcp'
complete -c xcp -l version -d 'the version'
