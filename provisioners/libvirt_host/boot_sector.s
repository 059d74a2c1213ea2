# The test guest of kvm.py: real mode -> 64-bit mode with paging -> exception -> count -> marker.
# Entered by the BIOS at 0x7c00; page tables at 0x1000, IDT at 0x4000, stack below 0x7000.
# Ports: 0xe9 is the debug console of QEMU, 0xf4 its debug exit.
.code16
.org 0
start:
 cli
 xorw %ax,%ax
 movw %ax,%ds
 movw %ax,%es
 movw %ax,%ss
 movw $0x7c00,%sp
 # page tables at 0x1000..0x3fff: PML4[0]->0x2000, PDPT[0]->0x3000, PD[0]=2MiB page at 0
 movw $0x1000,%di
 movw $0x1800,%cx
 rep stosw
 movw $0x2003,0x1000
 movw $0x3003,0x2000
 movw $0x0083,0x3000
 movl $0x20,%eax
 movl %eax,%cr4
 movl $0x1000,%eax
 movl %eax,%cr3
 movl $0xc0000080,%ecx
 rdmsr
 orw $0x100,%ax
 wrmsr
 movl %cr0,%eax
 orl $0x80000001,%eax
 movl %eax,%cr0
 lgdt 0x7c00+gdtr-start
 ljmp $8,$0x7c00+long64-start
.code64
long64:
 lidt 0x7c00+idtr-start
 # IDT gate 3 at 0x4000+0x30
 movl $0x4030,%edi
 movl $0x7c00+handler-start,%eax
 movw %ax,(%rdi)
 movw $8,2(%rdi)
 movw $0x8e00,4(%rdi)
 xorl %eax,%eax
 movw %ax,6(%rdi)
 movq %rax,8(%rdi)
 movl $0x7000,%esp
 xorl %ebx,%ebx
 int3
 testl %ebx,%ebx
 jz hang
 movl $20000000,%ecx
1: loop 1b
 movl $0x7c00+msg-start,%esi
2: lodsb
 testb %al,%al
 jz 3f
 outb %al,$0xe9
 jmp 2b
3: outb %al,$0xf4
hang: hlt
 jmp hang
handler:
 incl %ebx
 iretq
gdt: .quad 0
 .quad 0x00209a0000000000
gdtr: .word 15
 .long 0x7c00+gdt-start
idtr: .word 0x3f
 .quad 0x4000
msg: .asciz "JIYUN-GUEST-RAN\n"
