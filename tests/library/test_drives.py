"""Tests of telling drives whose files are changed by others, without a notice."""

from pathlib import Path

from app.library.drives import Drive, drives, silent_places

DRIVES = (
    Drive(b"/", "ext4"),
    Drive(b"/home", "btrfs"),
    Drive(b"/home/ann/office", "nfs4"),
    Drive(b"/home/ann/office/stick", "vfat"),
    Drive(b"/media/cloud", "fuse.sshfs"),
    Drive(b"/media/ntfs", "fuseblk"),
    Drive(b"Z:\\", "remote"),
)


def test_folders_on_drives_of_the_network_and_such_drives_below_folders_are_silent() -> None:
    assert silent_places([b"/home/ann/papers", b"/home/ann/offices", b"/media/ntfs/old"], DRIVES) == ()
    assert silent_places([b"/home/ann/office/reports"], DRIVES) == (b"/home/ann/office/reports",)
    assert silent_places([b"/home/ann"], DRIVES) == (b"/home/ann/office",)
    assert silent_places([b"/home/ann/office/stick/photos"], DRIVES) == ()
    assert silent_places([b"/media/cloud", b"/home/ann/papers"], DRIVES) == (b"/media/cloud",)


def test_a_folder_that_names_its_computer_is_silent() -> None:
    assert silent_places([rb"\\office\papers"], DRIVES) == (rb"\\office\papers",)


def test_the_drive_that_was_mounted_last_counts() -> None:
    assert silent_places([b"/media/cloud/a"], (*DRIVES, Drive(b"/media/cloud", "ext4"))) == ()


def test_the_drives_of_this_computer_are_told() -> None:
    assert drives()
    assert Path(__file__).anchor.encode() in [drive.mounted_on for drive in drives()]
