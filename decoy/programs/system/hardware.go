package system

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// runLspci lists what stands on the bus of the kind of machine that it is.
func runLspci(p *proc.Process) int {
	o := proc.Flags{Short: "vnqxbDtmks:d:i:p:O:HFMV"}.Parse(p)
	if o == nil {
		return 1
	}
	h := p.World.Hardware
	var list []string
	switch virtual(p) {
	case "vmware":
		list = []string{"00:00.0 Host bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (rev 01)", "00:01.0 PCI bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX AGP bridge (rev 01)", "00:07.0 ISA bridge: Intel Corporation 82371AB/EB/MB PIIX4 ISA (rev 08)", "00:07.1 IDE interface: Intel Corporation 82371AB/EB/MB PIIX4 IDE (rev 01)", "00:07.7 System peripheral: VMware Virtual Machine Communication Interface (rev 10)", "00:0f.0 VGA compatible controller: VMware SVGA II Adapter", "03:00.0 Serial Attached SCSI controller: VMware PVSCSI SCSI Controller (rev 02)", "0b:00.0 Ethernet controller: VMware VMXNET3 Ethernet Controller (rev 01)"}
	case "microsoft":
		list = []string{"00:00.0 Host bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (AGP disabled) (rev 03)", "00:07.0 ISA bridge: Intel Corporation 82371AB/EB/MB PIIX4 ISA (rev 01)", "00:07.1 IDE interface: Intel Corporation 82371AB/EB/MB PIIX4 IDE (rev 01)", "00:07.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 02)", "00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA"}
	default:
		disk := "SCSI storage controller: Red Hat, Inc. Virtio block device"
		if h.Disk == "sda" {
			disk = "SCSI storage controller: Red Hat, Inc. Virtio SCSI"
		}
		list = []string{"00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)", "00:01.0 ISA bridge: Intel Corporation 82371SB PIIX3 ISA [Natoma/Triton II]", "00:01.1 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]", "00:01.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 03)", "00:02.0 VGA compatible controller: Device 1234:1111 (rev 02)", "00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device", "00:05.0 " + disk}
	}
	for _, line := range list {
		p.Println(line)
	}
	return 0
}

func runFdisk(p *proc.Process) int {
	o := proc.Flags{Short: "lb:BC:H:L::no:sS:t:uvVwWx", Long: map[string]proc.Long{"list": {As: "l"}, "version": {As: "V"}}}.Parse(p)
	h := p.World.Hardware
	switch {
	case o == nil:
		return 1
	case o.Has("V"):
		p.Println("fdisk from util-linux 2.38.1")
		return 0
	case len(o.Operands) == 0 && !o.Has("l"):
		return try(p, 1, "bad usage")
	}
	name := "/dev/" + h.Disk
	if len(o.Operands) > 0 {
		name = o.Operands[0]
	}
	switch _, err := p.FS.Stat(name); {
	case err != nil:
		p.Complain("cannot open %s: %s", name, proc.Text(err))
		return 1
	case p.FS.UID != 0:
		if len(o.Operands) == 0 {
			return 0
		}
		p.Complain("cannot open %s: Permission denied", name)
		return 1
	case name != "/dev/"+h.Disk || !o.Has("l"):
		p.Complain("cannot open %s: Device or resource busy", name)
		return 1
	}
	fdiskTable(p)
	return 0
}

func fdiskTable(p *proc.Process) {
	h := p.World.Hardware
	gib := strconv.FormatFloat(float64(h.DiskBytes)/(1<<30), 'f', -1, 64)
	list := p.World.Partitions()
	id := ""
	if len(list) > 0 {
		id, _, _ = strings.Cut(partUUID(p, "/dev/"+list[0].Name), "-")
	}
	p.Printf("Disk /dev/%s: %s GiB, %d bytes, %d sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\nI/O size (minimum/optimal): 512 bytes / 512 bytes\nDisklabel type: dos\nDisk identifier: 0x%s\n\n", h.Disk, gib, h.DiskBytes, h.DiskBytes/512, id)
	rows := [][]string{{"Device", "Boot", "Start", "End", "Sectors", "Size", "Id", "Type"}}
	for i, q := range list {
		boot, use := "", [2]string{"83", "Linux"}
		switch q.Use {
		case "/boot/efi":
			use = [2]string{"ef", "EFI (FAT-12/16/32)"}
		case "/":
			boot = map[bool]string{true: "*"}[i == 0]
		case "extended":
			use = [2]string{"5", "Extended"}
		case "swap":
			use = [2]string{"82", "Linux swap / Solaris"}
		}
		size, end := q.Size, q.Start+q.Size-1
		if q.Use == "extended" {
			end = list[i+1].Start + list[i+1].Size - 1
			size = end - q.Start + 1
		}
		rows = append(rows, []string{"/dev/" + q.Name, boot, fmt.Sprint(q.Start), fmt.Sprint(end), fmt.Sprint(size), gnu.Brief(size * 512), use[0], use[1]})
	}
	w := make([]int, 8)
	for _, r := range rows {
		for i, c := range r {
			w[i] = max(w[i], len(c))
		}
	}
	for _, r := range rows {
		p.Printf("%-*s %-*s %*s %*s %*s %*s %*s %s\n", w[0], r[0], w[1], r[1], w[2], r[2], w[3], r[3], w[4], r[4], w[5], r[5], w[6], r[6], r[7])
	}
}

func runDmidecode(p *proc.Process) int {
	o := proc.Flags{Short: "d:hqs:t:uV", Long: map[string]proc.Long{"string": {As: "s", Value: 1}, "type": {As: "t", Value: 1}}}.Parse(p)
	switch {
	case o == nil:
		return 2
	case o.Has("V"):
		p.Println("3.4")
		return 0
	}
	at := "/sys/devices/virtual/dmi/id/"
	keys := map[string]string{"bios-vendor": "bios_vendor", "system-manufacturer": "sys_vendor", "system-product-name": "product_name", "system-version": "product_version", "system-uuid": "product_uuid", "chassis-manufacturer": "chassis_vendor"}
	if key, ok := o.Last("s"); ok {
		file, known := keys[key]
		switch {
		case !known:
			fmt.Fprintf(p.Err, "Invalid string keyword: %s\n", key)
			return 2
		case p.FS.UID != 0:
			fmt.Fprint(p.Err, "/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nCan't read memory from /dev/mem\n")
			return 1
		}
		p.Println(text(p, at+file))
		return 0
	}
	p.Println("# dmidecode 3.4")
	if p.FS.UID != 0 {
		fmt.Fprint(p.Err, "/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n")
		return 1
	}
	p.Printf("Getting SMBIOS data from sysfs.\nSMBIOS 2.8 present.\n\nHandle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: %s\n\nHandle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: %s\n\tProduct Name: %s\n\tVersion: %s\n\tSerial Number: Not Specified\n\tUUID: %s\n\tWake-up Type: Power Switch\n\tSKU Number: Not Specified\n\tFamily: Not Specified\n\n", text(p, at+"bios_vendor"), text(p, at+"sys_vendor"), text(p, at+"product_name"), text(p, at+"product_version"), text(p, at+"product_uuid"))
	return 0
}
